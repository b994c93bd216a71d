package org.ptuning4j.text;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * One or two tokenised texts and the template that joins them to encodings.
 *
 * @param template where the texts and the special tokens go
 * @param trims see {@link PostProcessing}
 * @param text the first text
 * @param pairOrNull the second text
 */
record Assembly(
    PostProcessing.Template template, List<Boolean> trims, RawTokens text, RawTokens pairOrNull) {

  /** Two long texts that are both cut give all pairs of windows; more than this is refused. */
  private static final int MOST_WINDOWS = 1 << 16;

  static Assembly of(PostProcessing processing, RawTokens text, RawTokens pairOrNull) {
    PostProcessing.Template template = pairOrNull == null ? processing.single() : processing.pair();
    return new Assembly(template, processing.trims(), text, pairOrNull);
  }

  private int pairLength() {
    return pairOrNull == null ? 0 : pairOrNull.length();
  }

  private Truncation.Kept keep(Truncation truncation) {
    int pairRead = pairOrNull == null ? 0 : pairOrNull.read(truncation);
    return truncation.keep(
        text.length(), pairLength(), template.added(), text.read(truncation) > pairRead);
  }

  /** What truncation leaves. */
  Encoding truncated(Truncation truncation) {
    Truncation.Kept kept = keep(truncation);
    return join(
        Window.first(text.length(), kept.first(), truncation.direction()),
        Window.first(pairLength(), kept.second(), truncation.direction()));
  }

  /** All windows, what truncation leaves first. */
  List<Encoding> windows(Truncation truncation) {
    Truncation.Kept kept = keep(truncation);
    List<Window> firsts = windows(text.length(), kept.first(), truncation);
    List<Window> seconds = windows(pairLength(), kept.second(), truncation);
    if ((long) firsts.size() * seconds.size() > MOST_WINDOWS) {
      throw InvalidInputException.of(
          "truncation: %d windows of the first text times %d of the second are more than %d; cut"
              + " one of them only, or give a larger maxLength than %d",
          firsts.size(), seconds.size(), MOST_WINDOWS, truncation.maxLength());
    }
    List<Encoding> encodings = new ArrayList<>(firsts.size() * seconds.size());
    encodings.add(join(firsts.get(0), seconds.get(0)));
    for (Window later : firsts.subList(1, firsts.size())) {
      seconds.forEach(second -> encodings.add(join(later, second)));
    }
    for (Window later : seconds.subList(1, seconds.size())) {
      encodings.add(join(firsts.get(0), later));
    }
    return encodings;
  }

  private static List<Window> windows(int length, int size, Truncation truncation) {
    if (size == 0 && length > 0) {
      throw InvalidInputException.of(
          "truncation: maxLength %d leaves no room for a text of %d tokens beside the other text"
              + " and the special tokens",
          truncation.maxLength(), length);
    }
    return Window.all(length, size, truncation.stride(), truncation.direction());
  }

  private Encoding join(Window window, Window pairWindow) {
    EncodingBuilder builder =
        new EncodingBuilder(template.added() + window.size() + pairWindow.size());
    for (PostProcessing.Piece piece : template.pieces()) {
      if (piece instanceof PostProcessing.Special special) {
        builder.add(special);
      } else if (piece instanceof PostProcessing.Text part && part.sequence() == 0) {
        builder.add(part, text, window, trims);
      } else if (piece instanceof PostProcessing.Text part) {
        builder.add(part, pairOrNull, pairWindow, trims);
      }
    }
    return builder.build();
  }
}
