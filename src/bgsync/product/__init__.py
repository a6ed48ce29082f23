"""Several tags as a product of components: the states of one tag, many times, instead of all states one by one.

Tags meet only in a *context* (the environment, the rules that are due) and in the bound on invocations in flight. So
what one tag can do is worked out once by the tables of the interpreter (`component`), checked to be the same beside
other tags (`composition`), and put into arrays (`arrays`). A state of the whole is then a context and a local state
for each component. Sets of states are pages of bits (`pages`); a search adds to them what is one step away until
nothing is new (`search`, in compiled code `compiled` and `kernels`). `reached` counts, `traces` leads back to the
beginning and takes the run on the interpreter.

What a step of a component reads and writes is its own and the context (the frame rule of `bgsync.tables`, with tags for
frames); a broadcast, such as a move of the environment, is taken by all components at once. That the product has
exactly the states and transitions of the interpreter is held by tests, for every monitor and adversity.

*Symmetry*: where a monitor treats tags alike, states that differ in which tag is in which local state are images of
each other, and only those with sorted local states are kept (Ip and Dill, Better verification through symmetry, 1996).
It is used for safety and for counting; liveness is judged on one tag in any company (`bgsync.judge.product`).
"""
