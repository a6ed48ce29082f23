"""Invented specs, as source: a print queue that a page fills and a worker empties when the network is back."""

HEAD = """<pre class='metadata'>
Title: Print Queue
Shortname: print-queue
</pre>

# Concepts # {#concepts}

A [=service worker registration=] has an associated <dfn>print queue</dfn>, a [=list=] of [=print jobs=].

A <dfn>print job</dfn> has an associated <dfn>label</dfn>, a DOMString.

A [=print job=] has an associated <dfn>job state</dfn>, which is one of <dfn>queued</dfn>, <dfn>paused</dfn> or
<dfn>printing</dfn>. It is initially set to [=queued=].

Within one [=print queue=] each [=print job=] MUST have a unique [=label=].

The user agent SHOULD limit the number of retries of a [=print job=].
"""

REGISTER = """
<div algorithm>
The <dfn method for=Printer>register(|label|)</dfn> method, when invoked, MUST return [=a new promise=] |promise| and
run these steps [=in parallel=]:

1. Let |owner| be [=this=]'s associated [=service worker registration=].
1. If |owner|'s [=active worker=] is null, [=reject=] |promise| with an {{InvalidStateError}} and abort these steps.
1. If the user has disabled printing, [=reject=] |promise| with a {{NotAllowedError}} and abort these steps.
1. Let |alone| be true.
1. For each |client| of the [=service worker clients=] for |owner|'s origin:
   1. If |client|'s [=frame type=] is "`top-level`", set |alone| to false.
1. If |alone| is true, [=reject=] |promise| with an {{InvalidAccessError}} and abort these steps.
1. Let |job| be the [=print job=] in |owner|'s [=print queue=] whose [=label=] is |label| if any, or null otherwise.
1. If |job| is null:
   1. Set |job| to a new [=print job=].
   1. Set |job|'s [=label=] to |label|.
   1. Append |job| to |owner|'s [=print queue=].
1. [=Resolve=] |promise|.
1. If the user agent is [=online=] and |job|'s [=job state=] is [=queued=], [=start printing=] for |job|.
</div>
"""

RULE = """
Whenever the user agent goes online, the user agent SHOULD [=start printing=] for each [=print job=] whose
[=job state=] is [=queued=].
"""

PRINT = """
<div algorithm>
To <dfn>start printing</dfn> for a [=print job=] |job|, run these steps:

1. Assert: |job|'s [=job state=] is [=queued=].
1. Let |owner| be the [=service worker registration=] of |job|.
1. Set |job|'s [=job state=] to [=printing=].
1. [=Fire functional event=] "`print`" using {{PrintEvent}} on |owner| with the following properties:

   : {{PrintEvent/label}}
   :: |job|'s [=label=].

   Then run these steps with |event|:
   1. Let |done| be the result of [=waiting for all=] of |event|'s [=extended lifetime promises=].
   1. Upon fulfillment of |done|, run these steps atomically:
      1. Remove |job| from |owner|'s [=print queue=].
   1. Upon rejection of |done|, or if the worker was terminated, run these steps atomically:
      1. Set |job|'s [=job state=] to [=paused=], and run these steps in parallel:
         1. Wait for a while.
         1. If |job|'s [=job state=] is not [=paused=], abort these steps.
         1. Set |job|'s [=job state=] to [=queued=].
         1. If the user agent is [=online=], [=start printing=] for |job|.
</div>
"""

PRINT_QUEUE = HEAD + REGISTER + RULE + PRINT
"""Two calls at once both find no job, so two jobs get one label: the same race as in other texts of this kind."""

RESPEC = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Print Queue</title>
<script src="respec.js" class="remove" defer></script>
<script class="remove">
  var respecConfig = { shortName: "print-queue", localBiblio: { A: "|x| <li> {{y" } };
</script>
</head>
<body>
<section id="abstract"><p>A printer MUST be bought first.</p></section>
<section id="sotd"><p>This document MUST be ignored.</p></section>
<section>
<h2>Concepts</h2>
<p>A [=service worker registration=] has an associated <dfn class="export">print queue</dfn>, a [=list=] of
  [= print jobs =].</p>
<p>A <dfn data-lt="print job|print jobs">print job</dfn> has an associated <dfn>label</dfn>, a DOMString.</p>
<p>A <a>print job</a> has an associated <dfn>job state</dfn>, which is one of <dfn>queued</dfn>, <dfn>paused</dfn> or
  <dfn>printing</dfn>. It is initially set to <a>queued</a>.</p>
<p>Within one [=print queue=] each [=print job=] <em class="rfc2119">MUST</em> have a unique [=label=].</p>
<p>The user agent <em class="rfc2119">SHOULD</em> limit the number of retries of a
  <a data-cite="printing#print-job">print job</a>.</p>
</section>
<section data-dfn-for="Printer">
<h3>The <code>Printer</code> interface</h3>
<pre class="idl">[Exposed=Window] interface Printer { Promise&lt;undefined> register(DOMString label); };</pre>
<p>The <dfn data-dfn-for="Printer">register(|label|)</dfn> method, when invoked, MUST return [=a new promise=]
  <var>promise</var> and run these steps [=in parallel=]:</p>
<ol class="algorithm">
  <li>Let <var>owner</var> be [=this=]'s associated [=service worker registration=].</li>
  <li>If |owner|'s <a data-cite="SERVICE-WORKERS#dfn-active-worker">active worker</a> is null, [=reject=] |promise| with
    an {{"InvalidStateError"}} {{DOMException}} and abort these steps.</li>
  <li>If the user has disabled printing, [=reject=] |promise| with a {{NotAllowedError}} and abort these steps.
    <aside class="note"><p>Nobody MUST print.</p></aside></li>
  <li>Let |alone:boolean| be true.</li>
  <li>For each <var>client</var> of the [=service worker clients=] for |owner|'s origin:
    <ol><li>If |client|'s [=frame type=] is "<code>top-level</code>", set |alone| to false.</li></ol></li>
  <li>If |alone| is true, [=reject=] |promise| with an {{InvalidAccessError}} and abort these steps.</li>
  <li>Let |job:print job| be the [=print job=] in |owner|'s [=print queue=] whose [=label=] is |label| if any, or null
    otherwise.</li>
  <li>If |job| is null:
    <ol>
      <li>Set |job| to a new [=print job=].</li>
      <li>Set |job|'s [=print job/label=] to |label|.</li>
      <li>Append |job| to |owner|'s [=print queue=].</li>
    </ol>
  </li>
  <li>[=Resolve=] |promise|.</li>
  <li>If the user agent is [=online=] and |job|.[=job state=] is [=queued=], [=start printing=] for |job|.</li>
</ol>
<p>Whenever the user agent goes online, the user agent SHOULD <a>start printing</a> for each [=print job=] whose
  [=job state=] is [=queued=].</p>
</section>
<section class="informative"><h2>Examples</h2><p>A user agent MUST NOT read this.</p></section>
<section>
<h2>Printing</h2>
<p>To <dfn>start printing</dfn> for a [=print job=] <var data-type="print job">job</var>, run these steps:</p>
<ol class="algorithm">
  <li>Assert: |job|'s [=job state=] is [=queued=].</li>
  <li>Let |owner| be the [=service worker registration=] of |job|.</li>
  <li>Set |job|'s [=job state=] to [=printing=].</li>
  <li><p>[=Fire functional event=] "<code>print</code>" using {{PrintEvent}} on |owner| with the following
    properties:</p>
    <dl><dt>{{PrintEvent/label}}</dt><dd>|job|'s [=label=].</dd></dl>
    <p>Then run these steps with |event|:</p>
    <ol>
      <li>Let |done| be the result of [=waiting for all=] of |event|'s [=extended lifetime promises=].</li>
      <li>Upon fulfillment of |done|, run these steps atomically:
        <ol><li>Remove |job| from |owner|'s [=print queue=].</li></ol></li>
      <li>Upon rejection of |done|, or if the worker was terminated, run these steps atomically:
        <ol><li>Set |job|'s [=job state=] to [=paused=], and run these steps in parallel:
          <ol>
            <li>Wait for a while.</li>
            <li>If |job|'s [=job state=] is not [=paused=], abort these steps.</li>
            <li>Set |job|'s [=job state=] to [=queued=].</li>
            <li>If the user agent is [=online=], [=start printing=] for |job|.</li>
          </ol></li></ol></li>
    </ol>
  </li>
</ol>
</section>
<section id="conformance"></section>
</body>
</html>
"""
"""The same in the source of ReSpec."""

SYNC = PRINT_QUEUE.replace("print queue", "list of sync registrations").replace("print job", "sync registration")
"""The same in the words of one-off background sync."""

SILENT = HEAD + REGISTER
"""The same without what fires an event: jobs are registered and listed, and nothing becomes of them."""

PERIODIC = PRINT_QUEUE.replace("print job", "periodic print job")
"""The same as it would be of periodic sync, as far as words go."""

LIBRARY = """<pre class='metadata'>
Title: Library
Shortname: library
</pre>

# Concepts # {#concepts}

A [=service worker registration=] has an associated <dfn>loan list</dfn>, a [=list=] of [=loans=].

A <dfn>loan</dfn> has an associated <dfn>title</dfn>, a DOMString.

A [=loan=] has an associated <dfn>loan state</dfn>, which is one of <dfn>lent</dfn>, <dfn>overdue</dfn> or
<dfn>lost</dfn>. It is initially set to [=lent=].

<div algorithm>
The <dfn method for=Library>lend(|title|)</dfn> method, when invoked, MUST return [=a new promise=] |promise| and
run these steps [=in parallel=]:

1. Let |owner| be [=this=]'s associated [=service worker registration=].
1. If the user has disabled lending, [=reject=] |promise| with a {{NotAllowedError}} and abort these steps.
1. Let |loan| be the [=loan=] in |owner|'s [=loan list=] whose [=title=] is |title| if any, or null otherwise.
1. If |loan| is null:
   1. Set |loan| to a new [=loan=].
   1. Set |loan|'s [=title=] to |title|.
   1. Append |loan| to |owner|'s [=loan list=].
1. Assert: |loan|'s [=loan state=] is [=lent=].
1. Set |loan|'s [=loan state=] to [=overdue=].
1. [=Resolve=] |promise|.
</div>
"""
"""A text that fires no event: what is lent is in a list, and its Assert fails where a title is lent twice."""
