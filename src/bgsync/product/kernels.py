"""The loops over pages in compiled code (numba, extra `fast`): the same as `bgsync.product.pages`, word by word.

All pages lie in one array, each where there was room when it was first met; a hash table with open addressing finds a
page by its key. `flat` is a product and `store` its pages, as `bgsync.product.flat` makes them. The kernels know
nothing of a model: they are compiled once for each width of a word, and cached.
"""

import numba
import numpy as np

ALL = np.uint64(2**64 - 1)
MIX = 0x9E3779B97F4A7C1
"""Spreads keys over the hash table: an odd number near the golden section of 2 ** 60 (Knuth, volume 3, 6.4)."""


@numba.njit(cache=True)
def refill(store):  # type: ignore[no-untyped-def]
    """Put all pages into the hash table."""
    mask = len(store.slots) - 1
    for page in range(store.counts[0]):
        slot = (store.keys[page] * MIX >> 20) & mask
        while store.slots[slot] >= 0:
            slot = (slot + 1) & mask
        store.slots[slot] = page


@numba.njit(cache=True)
def find(flat, store, key):  # type: ignore[no-untyped-def]
    """Give the number of the page with a key, made if it is new; -1 when there is no room for it."""
    mask = len(store.slots) - 1
    slot = (key * MIX >> 20) & mask
    while store.slots[slot] >= 0:
        if store.keys[store.slots[slot]] == key:
            return store.slots[slot]
        slot = (slot + 1) & mask
    width, length, rest = len(flat.factors), 1, key
    page = store.counts[0]
    if page == len(store.keys):
        return -1
    for axis in range(width - 1, -1, -1):
        cls = rest // flat.factors[axis]
        rest -= cls * flat.factors[axis]
        store.classes[page * width + axis] = cls
        length *= flat.sizes[flat.at_class[axis] + cls]
    if store.counts[1] + length > len(store.seen):
        return -1
    store.slots[slot] = page
    store.keys[page] = key
    store.offsets[page] = store.counts[1]
    store.lengths[page] = length
    store.counts[0] += 1
    store.counts[1] += length
    return page


@numba.njit(cache=True, error_model="numpy", nogil=True)
def sweep(flat, store, work, done, results, layered):  # type: ignore[no-untyped-def]
    """Take every step from the new states of the pages in `work`, from the place `done` on.

    Pages that got new states are put into `results`; gives how many, and how far it came: not to the end where there is
    no room, so that it can be called again with more. What adds states stands here four times on purpose: a function
    for it, inlined or not, takes nearly twice the time.
    """
    seen, fresh, later, listed, offsets = store.seen, store.fresh, store.later, store.listed, store.offsets
    slots_of, keys, hashes, page_classes = store.slots, store.keys, len(store.slots) - 1, store.classes
    edge_starts, edge_masks, edge_targets = flat.edge_starts, flat.edge_masks, flat.edge_targets
    edge_classes, class_sizes, factors, at_class = flat.edge_classes, flat.sizes, flat.factors, flat.at_class
    members, part_starts, part_targets = flat.members, flat.part_starts, flat.part_targets
    at_local, at_parts, states, classes, place = flat.at_local, flat.at_parts, flat.tables, flat.classes, flat.place
    at_edges, width, contexts, found, total = flat.at_edges, len(factors), flat.contexts, 0, 0
    sizes, inner = np.ones(width, np.int64), np.ones(width, np.uint32)
    own, slots = np.zeros(width, np.int64), np.zeros(width, np.int64)
    outer, rest = np.zeros(width, np.int64), np.zeros(width, np.int64)
    places, locals_ = np.zeros(width, np.int64), np.zeros(width, np.int64)
    chosen, low, high = np.zeros(width, np.int64), np.zeros(width, np.int64), np.zeros(width, np.int64)
    vector, alike, class_offsets = np.zeros(width, np.int64), flat.alike, flat.offsets
    near = np.zeros(len(class_sizes), np.int64)  # the pages that differ in one class, as far as they are known
    stamps = np.full(len(class_sizes), -1, np.int64)
    pairs, unmoved = flat.pairs, flat.unmoved
    still, moving = np.zeros((len(pairs), 2), np.uint64), np.zeros((len(pairs), 2), np.int64)
    spans = np.zeros((2, 2), np.int64)  # the guards that hold, as ranges
    spans[1, 0] = 2
    while done < len(work):
        page = work[done]
        start, length, key = offsets[page], store.lengths[page], store.keys[page]
        if not layered:
            listed[page] = 0
        busy, called, size, same = 0, False, 1, ALL
        for axis in range(width - 1, -1, -1):
            cls = at_class[axis] + page_classes[page * width + axis]
            busy += flat.busy[cls]
            same &= unmoved[cls]
            called = called or flat.handler[cls] != 0
            sizes[axis], inner[axis], own[axis] = class_sizes[cls], size, cls
            size *= class_sizes[cls]
            slots[axis] = at_local[axis] + flat.offsets[cls]
            near[cls], stamps[cls] = page, done
        room = busy < flat.room
        spans[0, 1] = 2 if room else 1
        spans[1, 1] = (4 if room else 3) if called else 2
        stays, goes = 0, 0
        for turn in range(len(pairs)):
            guard = pairs[turn, 3]
            if (guard & 1 and not room) or (guard & 2 and not called):
                continue
            if same >> np.uint64(turn) & 1:
                still[stays, 0], still[stays, 1] = pairs[turn, 1], pairs[turn, 2]
                stays += 1
            else:
                moving[goes, 0], moving[goes, 1] = pairs[turn, 0], pairs[turn, 2]
                goes += 1
        for n in range(length):
            word = fresh[start + n]
            if word == 0:
                continue
            fresh[start + n] = 0
            full = False
            for turn in range(stays):
                if word >> still[turn, 0] & 1:
                    new = (np.uint64(1) << still[turn, 1]) & ~seen[start + n]
                    if new:
                        seen[start + n] |= new
                        later[start + n] |= new
                        total += 1
                        if not listed[page]:
                            listed[page] = 1
                            results[found] = page
                            found += 1
            left, before = np.uint32(n), np.int64(0)
            for axis in range(width):
                spot = left // inner[axis]
                left -= spot * inner[axis]
                outer[axis], rest[axis] = before, left
                before = before * sizes[axis] + spot
                places[axis] = slots[axis] + spot
                locals_[axis] = members[places[axis]]
            for axis in range(width):
                slot = at_edges[axis] + 4 * (places[axis] - at_local[axis])
                for one in range(2):
                    for edge in range(edge_starts[slot + spans[one, 0]], edge_starts[slot + spans[one, 1]]):
                        add = word & edge_masks[edge]
                        if add == 0:
                            continue
                        cls = at_class[axis] + edge_classes[edge]
                        if axis >= alike:
                            spot = at_local[axis] + class_offsets[cls] + edge_targets[edge]
                            early = axis > alike and spot - at_local[axis] < places[axis - 1] - at_local[axis - 1]
                            late = axis + 1 < width and spot - at_local[axis] > places[axis + 1] - at_local[axis + 1]
                            if early or late:
                                for other in range(width):
                                    vector[other] = places[other] - at_local[other]
                                vector[axis] = spot - at_local[axis]
                                into, there = _sorted(flat, store, vector)
                                full = into < 0
                                if full:
                                    break
                                new = add & ~seen[there]
                                if new:
                                    seen[there] |= new
                                    later[there] |= new
                                    total += _ones(new)
                                    if not listed[into]:
                                        listed[into] = 1
                                        results[found] = into
                                        found += 1
                                continue
                        if stamps[cls] != done:
                            other = key + (cls - own[axis]) * factors[axis]
                            spot = (other * MIX >> 20) & hashes
                            while slots_of[spot] >= 0 and keys[slots_of[spot]] != other:
                                spot = (spot + 1) & hashes
                            near[cls] = slots_of[spot]
                            if near[cls] < 0:
                                near[cls] = find(flat, store, other)
                                full = near[cls] < 0
                                if full:
                                    break
                            stamps[cls] = done
                        into = near[cls]
                        there = (outer[axis] * class_sizes[cls] + edge_targets[edge]) * inner[axis] + rest[axis]
                        there += offsets[into]
                        new = add & ~seen[there]
                        if new:
                            seen[there] |= new
                            later[there] |= new
                            total += _ones(new)
                            if not listed[into]:
                                listed[into] = 1
                                results[found] = into
                                found += 1
                    if full:
                        break
                if full:
                    break
            for turn in range(goes):
                context = moving[turn, 0] % contexts
                if full or not word >> np.uint64(context) & 1:
                    continue
                bit = np.uint64(1) << np.uint64(moving[turn, 1])
                possible = True
                for axis in range(width):
                    slot = at_parts[axis] + moving[turn, 0] * states[axis] + locals_[axis]
                    low[axis], high[axis] = part_starts[slot], part_starts[slot + 1]
                    chosen[axis] = low[axis]
                    possible = possible and low[axis] < high[axis]
                while possible:
                    for axis in range(width):
                        local = at_local[axis] + part_targets[chosen[axis]]
                        vector[axis] = class_offsets[at_class[axis] + classes[local]] + place[local]
                    into, there = _sorted(flat, store, vector)
                    full = into < 0
                    if full:
                        break
                    new = bit & ~seen[there]
                    if new:
                        seen[there] |= new
                        later[there] |= new
                        total += 1
                        if not listed[into]:
                            listed[into] = 1
                            results[found] = into
                            found += 1
                    axis = width - 1
                    while axis >= 0:
                        chosen[axis] += 1
                        if chosen[axis] < high[axis]:
                            break
                        chosen[axis] = low[axis]
                        axis -= 1
                    possible = axis >= 0
            if full:
                fresh[start + n] |= word
                store.counts[2] += total
                return found, done
        done += 1
    store.counts[2] += total
    return found, done


@numba.njit(cache=True)
def _ones(word):  # type: ignore[no-untyped-def]
    """Count the ones of a word (Warren, Hacker's Delight, 5-1)."""
    bits = np.uint64(word)
    bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(cache=True, error_model="numpy")
def _sorted(flat, store, vector):  # type: ignore[no-untyped-def]
    """Sort the components that are alike, and give the page and the place of a state; -1 where there is no room."""
    width = len(vector)
    for axis in range(flat.alike + 1, width):
        value, back = vector[axis], axis
        while back > flat.alike and vector[back - 1] > value:
            vector[back] = vector[back - 1]
            back -= 1
        vector[back] = value
    key, there = 0, 0
    for axis in range(width):
        cls = flat.classes[flat.at_local[axis] + flat.members[flat.at_local[axis] + vector[axis]]]
        size = flat.at_class[axis] + cls
        key += cls * flat.factors[axis]
        there = there * flat.sizes[size] + vector[axis] - flat.offsets[size]
    page = find(flat, store, key)
    return page, store.offsets[page] + there if page >= 0 else there
