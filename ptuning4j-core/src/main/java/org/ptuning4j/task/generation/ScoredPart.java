package org.ptuning4j.task.generation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.text.TextTokenizer;

/** What of a text is scored, each token given all before it. */
public enum ScoredPart {
  /** Every token but the first: language modelling. */
  ALL {
    @Override
    public List<String> metrics() {
      return List.of("token_accuracy", "perplexity", "nats");
    }

    @Override
    int first(String text, int[] ids, TextTokenizer tokenizer) {
      return 1;
    }

    @Override
    void requireIn(String text) {
      // any text will do
    }
  },
  /**
   * The last word, whatever its tokens: LAMBADA (Paperno et al. 2016, arXiv 1606.06031). Where it
   * begins among the tokens is where those of the text without it end.
   */
  LAST_WORD {
    @Override
    public List<String> metrics() {
      return List.of("accuracy", "perplexity");
    }

    @Override
    int first(String text, int[] ids, TextTokenizer tokenizer) {
      int[] before = TextIds.of(tokenizer, text.substring(0, lastSpace(text)));
      int alike = Arrays.mismatch(ids, before);
      return Math.max(1, alike < 0 ? ids.length : alike);
    }

    @Override
    void requireIn(String text) throws UnusableRowException {
      if (lastSpace(text) <= 0) {
        throw new UnusableRowException(
            "the text has one word ('" + text.strip() + "'): nothing comes before its last one");
      }
    }
  };

  /** The metrics that it has, that which chooses the best epoch first. */
  public abstract List<String> metrics();

  /** As it is written in files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The index of the first token that is scored, 1 or more. */
  abstract int first(String text, int[] ids, TextTokenizer tokenizer);

  /**
   * Makes sure that a text has such a part.
   *
   * @throws UnusableRowException if not
   */
  abstract void requireIn(String text) throws UnusableRowException;

  /** Where the white space before the last word begins; −1 where there is none. */
  private static int lastSpace(String text) {
    String ended = text.stripTrailing();
    int at = ended.length() - 1;
    while (at >= 0 && !Character.isWhitespace(ended.charAt(at))) {
      at--;
    }
    while (at > 0 && Character.isWhitespace(ended.charAt(at - 1))) {
      at--;
    }
    return ended.substring(0, Math.max(0, at)).isBlank() ? -1 : at;
  }

  static ScoredPart read(Fields fields, ScoredPart usual) {
    String label = fields.optionalText("scored").orElse(usual.label());
    return Arrays.stream(values())
        .filter(part -> part.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "task.scored: '%s' must be one of %s",
                    label, String.join(", ", ALL.label(), LAST_WORD.label())));
  }
}
