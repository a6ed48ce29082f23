/* What follows a state of a system that is searched as a whole: the look-ups of src/bgsync/tables/compiled.py, in C.

A state is a base and a row of groups, sorted, 0 where there is none. The tables are rows of another file, linked in.
*/

#include <stdint.h>
#include <string.h>

#define TABLE(name) \
  extern const int64_t name[]; \
  __asm__(".section .rodata\n.balign 8\n.globl " #name "\n" #name ":\n.incbin \"" #name ".table\"\n.text\n")
#define EACH(place) for (int place = 0; place < WIDTH; place++)

typedef struct { int base; short row[WIDTH]; } Whole;

TABLE(plan_keys);
TABLE(plan_values);
TABLE(cell_keys);
TABLE(cell_values);
TABLE(cell_starts);
TABLE(cell_nodes);
TABLE(touches);
TABLE(dropped);
TABLE(begins);
TABLE(waits);
TABLE(wanted);
TABLE(onward_keys);
TABLE(onward_values);
TABLE(onward);
TABLE(starts);
TABLE(many);
TABLE(successors);
TABLE(passings);
TABLE(after);
TABLE(into);
TABLE(holds);
TABLE(objects);
TABLE(most);
TABLE(words);
TABLE(bases);
TABLE(busy);
TABLE(flags);
TABLE(presences);

static int64_t looked_up(const int64_t *keys, const int64_t *values, int64_t size, uint64_t word) {
  int64_t slot = (int64_t)(word * 0x9E3779B97F4A7C15u >> 32) & (size - 1);
  while (values[slot] >= 0 && (uint64_t)keys[slot] != word) slot = (slot + 1) & (size - 1);
  return values[slot];
}

static int64_t presence_of(const short *row) {
  int64_t work = 0, told = 0, number = 0;
  EACH(place) work += busy[row[place]], told |= flags[row[place]];
  while (presences[2 * number] != work || presences[2 * number + 1] != told) number++;
  return number;
}

/* Goes on from a node to the one that touches nobody of the frame. */
static int64_t resolved(int64_t node, const short *row, char *gone) {
  while (waits[node]) {
    char touched[WIDTH] = {0};
    int64_t some = begins[node], held = 0, leaves = 0;
    EACH(place) touched[place] = !gone[place] && touches[node * GROUPS + row[place]] > 0;
    for (int64_t left = wanted[node], bit = 1; left; left >>= 1, bit <<= 1)
      if (left & 1) EACH(place) if (!gone[place] && !touched[place] && objects[row[place]] & bit) {
        touched[place] = 1;
        break;
      }
    EACH(place) if (!gone[place]) held += holds[row[place]];
    if (held < dropped[node]) {
      leaves = some = 1;
      EACH(place) touched[place] |= !gone[place] && holds[row[place]] > 0;
    }
    EACH(place) some |= touched[place];
    if (!some) break;
    uint64_t word = (uint64_t)(2 * node + leaves) * 0x9E3779B97F4A7C15u;
    word = (word ^ word >> 31) * 0xBF58476D1CE4E5B9u;
    word ^= word >> 29;
    EACH(place) if (touched[place]) word += words[row[place]], gone[place] = 1;
    node = onward[looked_up(onward_keys, onward_values, ONWARD, word)];
  }
  return node;
}

/* Puts the groups after an entry of a node into `next`. */
static void put(Whole *next, int64_t entry, const short *row, const char *gone) {
  int64_t found[WIDTH + INTO];
  int size = 0, same = 0, free = WIDTH;
  for (int place = 0; place < WIDTH + INTO; place++) {
    int64_t one = place < WIDTH ? gone[place] ? 0 : after[passings[entry] * GROUPS + row[place]]
                                : into[entry * INTO + place - WIDTH];
    if (!one) continue;
    int at = size++;
    for (; at && found[at - 1] > one; at--) found[at] = found[at - 1];
    found[at] = one;
  }
  memset(next, 0, sizeof *next);
  next->base = bases[successors[entry]];
  while (size--) {
    same = free < WIDTH && next->row[free] == found[size] ? same + 1 : 1;
    if (same <= most[found[size]]) next->row[--free] = found[size];
  }
}

/* Gives how many states are one step after a state, and puts them into `next`. */
static int expanded(int base, const short *row, Whole *next) {
  int count = 0, copies;
  int64_t plan = looked_up(plan_keys, plan_values, PLANS, (uint64_t)base << 32 | presence_of(row));
  for (int column = -1; column < WIDTH; column += copies) {
    int64_t group = column < 0 ? 0 : row[column];
    for (copies = column < 0; column >= 0 && column + copies < WIDTH && row[column + copies] == group;) copies++;
    if (column >= 0 && !group) continue;
    uint64_t word = (uint64_t)plan << 40 | group << 8 | (group ? copies : 0);
    int64_t cell = looked_up(cell_keys, cell_values, CELLS, word);
    for (int64_t turn = cell_starts[cell]; turn < cell_starts[cell + 1]; turn++) {
      char gone[WIDTH];
      EACH(place) gone[place] = group && row[place] == group;
      int64_t node = resolved(cell_nodes[turn], row, gone);
      for (int64_t entry = starts[node]; entry < starts[node] + many[node]; entry++)
        if (bases[successors[entry]] >= 0) put(next + count++, entry, row, gone);
    }
  }
  return count;
}

/* Gives what follows a state; kept for the states of the last depths, which a search comes back to. */
#define KEPT 4096
typedef struct { int known, count; Whole state, next[MOST]; } Next;

static const Next *next_of(long depth, int base, const short *row) {
  static Next kept[KEPT];
  Next *here = kept + (depth & (KEPT - 1));
  if (!here->known || here->state.base != base || memcmp(here->state.row, row, sizeof here->state.row)) {
    here->known = 1, here->state.base = base;
    memcpy(here->state.row, row, sizeof here->state.row);
    here->count = expanded(base, row, here->next);
  }
  return here;
}

/* Whether there is a next state with this number; and to go there. */
#define NEXT next_of(depth, now.base, now.row)
#define CAN(number) (number < NEXT->count)
#define TAKE(number) \
  Whole next = NEXT->next[number]; \
  now.base = next.base; \
  memcpy(now.row, next.row, sizeof now.row);
