package org.ptuning4j.data.value;

import java.text.Normalizer;
import java.util.Optional;
import java.util.OptionalInt;

/** How a value is written where that is not its normal form. */
public final class OddSpelling {

  private OddSpelling() {}

  /**
   * What is odd about how a label is written, with code points; empty where it is written as its
   * normal form is. Such as {@code 'positif<U+00A0>' with U+00A0 (NO-BREAK SPACE)}.
   */
  public static Optional<String> of(Object written, String label) {
    if (label.equals(written)) {
      return Optional.empty();
    }
    if (!(written instanceof String text)) {
      boolean same = label.equals(String.valueOf(written));
      return Optional.of(
          (same ? "" : written + " ")
              + "as a "
              + (written instanceof Boolean ? "boolean" : "number"));
    }
    OptionalInt odd =
        text.codePoints()
            .filter(c -> c > 0x7F && (NormalText.isSpace(c) || NormalText.isInvisible(c)))
            .findFirst();
    if (odd.isPresent()) {
      return Optional.of(CodePoints.quoted(text) + " with " + CodePoints.named(odd.getAsInt()));
    }
    if (!Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
      int mark = firstThatIsComposed(text);
      return Optional.of(
          CodePoints.quoted(text)
              + " in another Unicode normal form, with "
              + CodePoints.named(mark));
    }
    return Optional.of(CodePoints.quoted(text));
  }

  private static int firstThatIsComposed(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    int at = 0;
    while (at < composed.length() && composed.charAt(at) == text.charAt(at)) {
      at++;
    }
    int base = text.codePointAt(at);
    int next = at + Character.charCount(base);
    boolean combined =
        next < text.length()
            && Character.getType(text.codePointAt(next)) == Character.NON_SPACING_MARK;
    return combined ? text.codePointAt(next) : base;
  }
}
