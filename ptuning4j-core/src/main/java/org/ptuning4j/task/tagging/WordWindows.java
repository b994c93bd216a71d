package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.Truncation;

/**
 * Cuts the words of a sentence into windows that fit a model, so that nothing is lost: each word
 * that has a token is judged in exactly one of them, the one that shows most of what stands around
 * it. A window is at most as long as the encoder says.
 *
 * <p>Words are joined by blanks and encoded as a text, for byte-level vocabularies spell a word
 * behind a blank differently from one at the start, and know well only the former. Which token
 * belongs to which word is told from its characters, so that a word without token shifts nothing.
 */
final class WordWindows {

  /**
   * Stands on either side of a predicate: any vocabulary has it as a token of its own, and it
   * seldom stands in sentences for itself.
   */
  static final String MARKER = "*";

  private static final String GAP = "...";

  /** The most of a window that the second text takes: 1/4. */
  private static final int PAIR_SHARE = 4;

  /** The most of what is left that the repeated predicate takes: 1/2. */
  private static final int CORE_SHARE = 2;

  /** Tokens from {@code from} to before {@code to}, with others put before and behind them. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
  private record Slice(int from, int to, int[] lead, int[] trail) {

    static Slice plain(int from, int to) {
      return new Slice(from, to, new int[0], new int[0]);
    }

    /** How many tokens are shown on the side of which fewer are; the sentence's end hides none. */
    int context(int token, int all) {
      int left = from == 0 ? Integer.MAX_VALUE : token - from;
      int right = to == all ? Integer.MAX_VALUE : to - 1 - token;
      return Math.min(left, right);
    }
  }

  /** The words as text: where each piece ends, and which word it is; −1 for a marker. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
  private record Joined(String text, List<Integer> ends, int[] words) {

    static Joined of(List<String> words, int marked) {
      StringBuilder text = new StringBuilder();
      List<Integer> ends = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      for (int word = 0; word < words.size(); word++) {
        List<String> pieces =
            word == marked ? List.of(MARKER, words.get(word), MARKER) : List.of(words.get(word));
        for (int i = 0; i < pieces.size(); i++) {
          text.append(text.isEmpty() ? "" : " ");
          text.append(pieces.get(i));
          ends.add(text.length());
          numbers.add(pieces.size() == 1 || i == 1 ? word : -1);
        }
      }
      int[] each = numbers.stream().mapToInt(Integer::intValue).toArray();
      return new Joined(text.toString(), ends, each);
    }

    /**
     * The piece in which a token starts; of one that starts with the blank before a piece, that
     * piece. −1 behind the last.
     */
    int pieceAt(int start) {
      int found = Collections.binarySearch(ends, start + 1);
      int piece = found >= 0 ? found : -found - 1; // the first that ends behind the start
      return piece < ends.size() ? piece : -1;
    }
  }

  private final ItemEncoder encoder;
  private final int[] before;
  private final int[] beforeTypes;
  private final int[] after;
  private final int[] afterTypes;
  private final int[] ids;
  private final int type;
  private final int[] firstTokens; // of each word; −1 where it has none
  private final int coreFrom;
  private final int coreTo;
  private final int room;

  private WordWindows(
      List<String> words, int core, boolean marked, String pairOrNull, ItemEncoder encoder) {
    this.encoder = encoder;
    Joined joined = Joined.of(words, marked ? core : -1);
    Encoding all = encoder.tokenizer().encode(joined.text(), pairOrNull, Truncation.none());
    int[] own = IntStream.range(0, all.length()).filter(i -> all.sequenceIds()[i] == 0).toArray();
    int first = own.length == 0 ? Math.min(1, all.length()) : own[0];
    int behind = own.length == 0 ? first : own[own.length - 1] + 1;
    int[] tail = tail(all, behind, Math.max(1, encoder.maxLength() / PAIR_SHARE));
    this.before = Arrays.copyOf(all.ids(), first);
    this.beforeTypes = Arrays.copyOf(all.typeIds(), first);
    this.after = Arrays.stream(tail).map(i -> all.ids()[i]).toArray();
    this.afterTypes = Arrays.stream(tail).map(i -> all.typeIds()[i]).toArray();
    this.ids = Arrays.stream(own).map(i -> all.ids()[i]).toArray();
    this.type = own.length == 0 ? 0 : all.typeIds()[own[0]];
    this.firstTokens = new int[words.size()];
    Arrays.fill(firstTokens, -1);
    int from = Integer.MAX_VALUE;
    int to = -1;
    int passed = 0; // tokens of earlier words than the core
    for (int token = 0; token < own.length; token++) {
      int piece = joined.pieceAt(all.starts()[own[token]]);
      int word = piece < 0 ? -1 : joined.words()[piece];
      if (word >= 0 && firstTokens[word] < 0) {
        firstTokens[word] = token;
      }
      if (piece >= 0 && isCore(piece, core, marked)) {
        from = Math.min(from, token);
        to = token + 1;
      }
      passed = piece >= 0 && piece < core ? token + 1 : passed;
    }
    this.coreFrom = to < 0 ? passed : from;
    this.coreTo = to < 0 ? passed : to;
    this.room = encoder.maxLength() - before.length - after.length;
    if (room < 1) {
      throw tooShort(before.length + after.length);
    }
  }

  private static boolean isCore(int piece, int core, boolean marked) {
    return core >= 0 && piece >= core && piece <= core + (marked ? 2 : 0);
  }

  /** The positions from one on, of the second text only so many. */
  private static int[] tail(Encoding all, int from, int mostOfPair) {
    int[] left = {mostOfPair};
    return IntStream.range(from, all.length())
        .filter(i -> all.sequenceIds()[i] != 1 || left[0]-- > 0)
        .toArray();
  }

  private InvalidInputException tooShort(int taken) {
    return InvalidInputException.of(
        "max_length: %d leaves no room for a word beside the %d tokens that stand in every window",
        encoder.maxLength(), taken);
  }

  /**
   * Windows from left to right.
   *
   * @param overlap tokens that neighbours share, as far as half a window allows
   * @return one at least; one that judges no word where no word has a token
   */
  static List<WordWindow> of(List<String> words, int overlap, ItemEncoder encoder) {
    WordWindows windows = new WordWindows(words, -1, false, null, encoder);
    return windows.judged(windows.leftToRight(overlap));
  }

  /**
   * Windows of which each has a certain word in it: the first with the word in the middle, the
   * others with the word repeated before or behind them, on the side on which it stands.
   *
   * @param core the index of the word
   * @param marked whether to put {@link #MARKER} on either side of the word
   * @param pair the text that follows as the second one
   */
  static List<WordWindow> around(
      List<String> words, int core, boolean marked, String pair, int overlap, ItemEncoder encoder) {
    WordWindows windows = new WordWindows(words, core, marked, pair, encoder);
    return windows.judged(windows.fromCore(overlap));
  }

  private List<Slice> leftToRight(int overlap) {
    if (ids.length <= room) {
      return List.of(Slice.plain(0, ids.length));
    }
    List<Slice> slices = new ArrayList<>();
    int step = room - shared(overlap, room);
    for (int from = 0; from + room < ids.length; from += step) {
      slices.add(Slice.plain(from, from + room));
    }
    slices.add(Slice.plain(ids.length - room, ids.length));
    return slices;
  }

  private static int shared(int overlap, int size) {
    return Math.min(overlap, (size - 1) / 2);
  }

  private List<Slice> fromCore(int overlap) {
    if (ids.length <= room) {
      return List.of(Slice.plain(0, ids.length));
    }
    int[] core = Arrays.copyOfRange(ids, coreFrom, Math.min(coreTo, coreFrom + room / CORE_SHARE));
    int[] gap =
        core.length == 0
            ? core
            : encoder.tokenizer().encodeWithoutSpecialTokens(GAP, null, Truncation.none()).ids();
    int size = room - core.length - gap.length;
    if (size < 1) {
      throw tooShort(encoder.maxLength() - size);
    }
    int middle = Math.min((coreFrom + coreTo) / 2 - room / 2, coreFrom);
    int start = Math.max(0, Math.min(middle, ids.length - room));
    List<Slice> slices = new ArrayList<>(List.of(Slice.plain(start, start + room)));
    int[] lead = concatenated(core, gap);
    for (int done = start + room; done < ids.length; ) {
      int from = done - shared(overlap, size);
      done = Math.min(from + size, ids.length);
      slices.add(new Slice(from, done, lead, new int[0]));
    }
    int[] trail = concatenated(gap, core);
    for (int done = start; done > 0; ) {
      int to = done + shared(overlap, size);
      done = Math.max(to - size, 0);
      slices.add(new Slice(done, to, new int[0], trail));
    }
    return slices;
  }

  private static int[] concatenated(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  /** Gives each word to the slice that shows most around it; slices without a word are left out. */
  private List<WordWindow> judged(List<Slice> slices) {
    int[] wordAt = new int[ids.length];
    Arrays.fill(wordAt, -1);
    for (int word = 0; word < firstTokens.length; word++) {
      if (firstTokens[word] >= 0) {
        wordAt[firstTokens[word]] = word;
      }
    }
    int[] owner = new int[ids.length];
    int[] most = new int[ids.length];
    Arrays.fill(most, -1);
    for (int i = 0; i < slices.size(); i++) {
      for (int token = slices.get(i).from(); token < slices.get(i).to(); token++) {
        int context = slices.get(i).context(token, ids.length);
        if (context > most[token]) {
          most[token] = context;
          owner[token] = i;
        }
      }
    }
    List<WordWindow> windows = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      int window = i;
      Slice slice = slices.get(i);
      int[] tokens =
          IntStream.range(slice.from(), slice.to())
              .filter(token -> owner[token] == window && wordAt[token] >= 0)
              .toArray();
      if (tokens.length > 0) {
        windows.add(window(slice, tokens, wordAt));
      }
    }
    return windows.isEmpty() ? List.of(window(slices.get(0), new int[0], wordAt)) : windows;
  }

  private WordWindow window(Slice slice, int[] tokens, int[] wordAt) {
    int[] text =
        concatenated(
            slice.lead(), Arrays.copyOfRange(ids, slice.from(), slice.to()), slice.trail());
    int[] types = new int[text.length];
    Arrays.fill(types, type);
    int[] all = concatenated(before, text, after);
    TokenRow row =
        all.length == 0 // no word has a token, and the model has no special ones
            ? TokenRow.of(new int[] {encoder.tokenizer().padId()}, new int[1])
            : TokenRow.of(all, concatenated(beforeTypes, types, afterTypes));
    int shift = before.length + slice.lead().length - slice.from();
    return new WordWindow(
        row,
        Arrays.stream(tokens).map(token -> token + shift).toArray(),
        Arrays.stream(tokens).map(token -> wordAt[token]).toArray());
  }
}
