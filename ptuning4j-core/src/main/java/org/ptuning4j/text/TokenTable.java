package org.ptuning4j.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tokens and their ids, in some twenty bytes each: large vocabularies have a quarter of a million,
 * and a map of as many objects would take a hundred each.
 */
final class TokenTable {

  private static final int NONE = -1;

  private final byte[] text; // every token in UTF-8, one behind the other
  private final int[] starts; // where each begins, and where the last one ends
  private final int[] ids; // of each token
  private final int[] byId; // the token of each id, or NONE
  private final int[] slots; // a token, or NONE, at its hash or behind it

  TokenTable(Map<String, Integer> all) {
    int highest = all.values().stream().mapToInt(Integer::intValue).max().orElse(NONE);
    this.starts = new int[all.size() + 1];
    this.ids = new int[all.size()];
    this.byId = filled(highest + 1);
    this.slots = filled(Integer.highestOneBit(Math.max(1, all.size())) * 4);
    byte[][] written = new byte[all.size()][];
    int token = 0;
    for (Map.Entry<String, Integer> entry : all.entrySet()) {
      written[token] = entry.getKey().getBytes(StandardCharsets.UTF_8);
      starts[token + 1] = Math.addExact(starts[token], written[token].length);
      ids[token] = entry.getValue();
      byId[ids[token]] = token;
      place(token, entry.getKey().hashCode());
      token++;
    }
    this.text = new byte[starts[all.size()]];
    for (int each = 0; each < written.length; each++) {
      System.arraycopy(written[each], 0, text, starts[each], written[each].length);
    }
  }

  private static int[] filled(int length) {
    int[] none = new int[length];
    Arrays.fill(none, NONE);
    return none;
  }

  private void place(int token, int hash) {
    int slot = slot(hash);
    while (slots[slot] != NONE) {
      slot = next(slot);
    }
    slots[slot] = token;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> Short.SIZE)) & (slots.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  /** Every id is below this number. */
  int size() {
    return byId.length;
  }

  /** The token with an id from 0 to {@link #size} − 1; empty where none has it. */
  Optional<String> token(int id) {
    int token = byId[id];
    return token == NONE
        ? Optional.empty()
        : Optional.of(
            new String(
                text, starts[token], starts[token + 1] - starts[token], StandardCharsets.UTF_8));
  }

  /** The id of a token; empty where there is none. */
  OptionalInt id(String token) {
    byte[] wanted = token.getBytes(StandardCharsets.UTF_8);
    for (int slot = slot(token.hashCode()); slots[slot] != NONE; slot = next(slot)) {
      int found = slots[slot];
      if (Arrays.equals(text, starts[found], starts[found + 1], wanted, 0, wanted.length)) {
        return OptionalInt.of(ids[found]);
      }
    }
    return OptionalInt.empty();
  }
}
