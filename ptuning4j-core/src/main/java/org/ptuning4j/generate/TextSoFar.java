package org.ptuning4j.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The text of tokens that arrive one by one. Tokens are decoded behind the end of the text that
 * they continue, because many tokenizers write a blank before a word only where it does not begin a
 * text, and one character may need several tokens.
 */
final class TextSoFar {

  /** Tokens of the continued text that are decoded together with the new ones. */
  private static final int CONTEXT = 8;

  private static final char INCOMPLETE = '\uFFFD';

  private final Function<int[], String> decode;
  private final int[] continued;
  private final int[] context; // the last tokens of what is continued
  private final String before; // what they say
  private final List<Integer> added;

  /**
   * Nothing added yet.
   *
   * @param decode tokens to text, special tokens left out
   * @param continued the tokens of the text that is continued
   */
  TextSoFar(Function<int[], String> decode, int[] continued) {
    this.decode = decode;
    this.continued = continued;
    this.context =
        Arrays.copyOfRange(continued, Math.max(0, continued.length - CONTEXT), continued.length);
    this.before = decode.apply(context);
    this.added = List.of();
  }

  private TextSoFar(TextSoFar shorter, int token) {
    this.decode = shorter.decode;
    this.continued = shorter.continued;
    this.context = shorter.context;
    this.before = shorter.before;
    List<Integer> longer = new ArrayList<>(shorter.added);
    longer.add(token);
    this.added = longer;
  }

  /** The same with one more token. */
  TextSoFar and(int token) {
    return new TextSoFar(this, token);
  }

  /** The tokens that were added. */
  List<Integer> tokens() {
    return added;
  }

  /** How many tokens were added. */
  int length() {
    return added.size();
  }

  /** The token that was added last. */
  int last() {
    return added.get(added.size() - 1);
  }

  /** The tokens of the whole text, the continued ones first. */
  int[] all() {
    return behind(continued);
  }

  /** What the added tokens say. */
  String text() {
    String whole = decode.apply(behind(context));
    return whole.startsWith(before)
        ? whole.substring(before.length())
        : decode.apply(behind(new int[0]));
  }

  private int[] behind(int[] tokens) {
    int[] all = Arrays.copyOf(tokens, tokens.length + added.size());
    for (int i = 0; i < added.size(); i++) {
      all[tokens.length + i] = added.get(i);
    }
    return all;
  }

  /** Whether the last character may still change: it is one whose bytes have not all come. */
  static boolean isIncomplete(String text) {
    return !text.isEmpty() && text.charAt(text.length() - 1) == INCOMPLETE;
  }

  /** Where the earliest of the stop strings begins in a text; −1 where it has none. */
  static int stop(String text, List<String> stops) {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  /** How much of a text is certain to stay: what may be the beginning of a stop string is not. */
  static int settled(String text, List<String> stops) {
    int end = isIncomplete(text) ? text.length() - 1 : text.length();
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, end); length > 0; length--) {
        if (text.startsWith(stop.substring(0, length), text.length() - length)) {
          end = Math.min(end, text.length() - length);
          break;
        }
      }
    }
    return end;
  }
}
