package org.ptuning4j.backbone;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One sequence as a backbone reads it: token ids, and the places that a prompt's vectors take.
 *
 * @param ids the token ids, {@code [n]}; what stands at a soft token's place is never looked up
 * @param typeIds 0 for the first text, 1 for the second, {@code [n]}
 * @param slots for each position the number of the soft token that stands there, from 0, or −1 for
 *     a word; empty where there are no soft tokens
 * @param anchor the position that heads over the whole sequence read: the token that stands for all
 *     of it, or that where a template's gap is read
 * @param filling what of it fills a blank; empty where the whole row is text
 * @param target where what is written begins, for models that read a source with one half and write
 *     a target with the other; empty where the whole row is read. Excludes a filling
 */
@SuppressWarnings("ArrayRecordComponent") // large and never compared
public record TokenRow(
    int[] ids,
    int[] typeIds,
    int[] slots,
    int anchor,
    Optional<BlankFilling> filling,
    OptionalInt target) {

  /** What stands for no soft token among {@link #slots}. */
  public static final int WORD = -1;

  /** Checks that the arrays belong together. */
  public TokenRow {
    if (typeIds.length != ids.length
        || (slots.length != 0 && slots.length != ids.length)
        || anchor < 0
        || anchor >= ids.length) {
      throw new IllegalArgumentException(
          "a row of "
              + ids.length
              + " tokens has "
              + typeIds.length
              + " types, "
              + slots.length
              + " slots and its anchor at "
              + anchor);
    }
    if (filling.isPresent() && filling.get().start() >= ids.length) {
      throw new IllegalArgumentException(
          "a row of " + ids.length + " tokens has its filling at " + filling.get().start());
    }
    boolean within = target.orElse(1) >= 1 && target.orElse(0) < ids.length;
    if (!within || (target.isPresent() && filling.isPresent())) {
      throw new IllegalArgumentException(
          "a row of %d tokens has its target at %d%s"
              .formatted(
                  ids.length, target.getAsInt(), filling.isPresent() ? " and a filling" : ""));
    }
  }

  /** A row of text alone. */
  public TokenRow(int[] ids, int[] typeIds, int[] slots, int anchor) {
    this(ids, typeIds, slots, anchor, Optional.empty(), OptionalInt.empty());
  }

  /** A row of words only, read at its first token. */
  public static TokenRow of(int[] ids, int[] typeIds) {
    return new TokenRow(ids, typeIds, new int[0], 0);
  }

  /** The same row, read elsewhere. */
  public TokenRow withAnchor(int other) {
    return new TokenRow(ids, typeIds, slots, other, filling, target);
  }

  /** The same row, all of it of the first token type. */
  public TokenRow withoutTypes() {
    return new TokenRow(ids, new int[ids.length], slots, anchor, filling, target);
  }

  /** The same row, the end of which fills a blank. */
  public TokenRow withFilling(BlankFilling end) {
    return new TokenRow(ids, typeIds, slots, anchor, Optional.of(end), target);
  }

  /** The same row, from a column on of which it is what a model writes. */
  public TokenRow withTarget(int start) {
    return new TokenRow(ids, typeIds, slots, anchor, filling, OptionalInt.of(start));
  }

  /** n. */
  public int length() {
    return ids.length;
  }

  /** The number of soft tokens in it. */
  public int softTokens() {
    return (int) Arrays.stream(slots).filter(slot -> slot != WORD).count();
  }

  /** The positions of its words, ascending: all but those of soft tokens. */
  public int[] words() {
    return IntStream.range(0, ids.length).filter(position -> slotAt(position) == WORD).toArray();
  }

  /**
   * The row with soft tokens 0 … P−1 before it, as prompt tuning has it; everything else moves up
   * by P, the anchor too.
   */
  public TokenRow withPrefix(int softTokens) {
    if (softTokens == 0) {
      return this;
    }
    int length = ids.length + softTokens;
    int[] allIds = new int[length];
    int[] allTypes = new int[length];
    int[] allSlots = new int[length];
    Arrays.setAll(allSlots, i -> i < softTokens ? i : slotAt(i - softTokens));
    Arrays.fill(allIds, 0, softTokens, ids[anchor]); // any real token: never looked up
    System.arraycopy(ids, 0, allIds, softTokens, ids.length);
    System.arraycopy(typeIds, 0, allTypes, softTokens, ids.length);
    return new TokenRow(
        allIds,
        allTypes,
        allSlots,
        anchor + softTokens,
        filling.map(end -> end.after(softTokens)),
        target.isPresent() ? OptionalInt.of(target.getAsInt() + softTokens) : target);
  }

  /** Its first tokens, a row of text read at the last of them. */
  public TokenRow beginning(int length) {
    return new TokenRow(
        Arrays.copyOf(ids, length),
        Arrays.copyOf(typeIds, length),
        slots.length == 0 ? slots : Arrays.copyOf(slots, length),
        length - 1);
  }

  /** How many tokens it and another have in common from the beginning on. */
  public int alike(TokenRow other) {
    int most = Math.min(length(), other.length());
    int length = 0;
    while (length < most && isAlike(other, length)) {
      length++;
    }
    return length;
  }

  private boolean isAlike(TokenRow other, int position) {
    boolean word = slotAt(position) == WORD;
    return slotAt(position) == other.slotAt(position)
        && typeIds[position] == other.typeIds[position]
        && (!word || ids[position] == other.ids[position]);
  }

  private int slotAt(int position) {
    return slots.length == 0 ? WORD : slots[position];
  }
}
