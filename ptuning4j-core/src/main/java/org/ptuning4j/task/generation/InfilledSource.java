package org.ptuning4j.task.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.task.template.Blank;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.InfillingTokens;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;
import org.ptuning4j.task.template.WordTokens;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * A source with a blank that the model fills. {@code [MASK]} in a source is a blank for a few
 * words, {@code [sMASK]} one for a sentence, {@code [gMASK]} one for the rest of a text. A source
 * without any has one at its end, for the rest of a text where the model knows such. After a blank
 * for the rest of a text nothing follows, not even the token that ends texts, as in GLM's training.
 *
 * @param separator stands between a source and the blank at its end
 * @param strategy how a source is cut; of one that is cut at all, the longer side of the blank is
 * @param tokens those that the model fills blanks with
 */
record InfilledSource(String separator, Truncation.Strategy strategy, InfillingTokens tokens)
    implements SourceForm {

  private static final ClozeTemplate WITHIN = ClozeTemplate.parse("{before}{mask}{after}");
  private static final String REST_OF_TEXT = "[gMASK]";

  /** A blank in a source. */
  private record Place(String mask, String before, String after) {}

  @Override
  public TokenRow row(String source, ItemEncoder encoder) {
    return row(source, encoder, new int[1]).row();
  }

  @Override
  public RenderedCloze row(String source, ItemEncoder encoder, int[] target) {
    TextTokenizer tokenizer = encoder.tokenizer();
    Place place = place(source, tokenizer);
    InfillingTokens filling =
        tokens.withMask(
            InfillingTokens.mask(place.mask(), tokenizer)
                .orElseThrow(
                    () ->
                        InvalidInputException.of(
                            "text: it has a blank %s, and this model has no such mask; it has %s",
                            place.mask(), String.join(", ", known(tokenizer)))));
    boolean last = place.mask().equals(REST_OF_TEXT) && place.after().isBlank();
    return WITHIN.render(
        Map.of("before", place.before(), "after", place.after()),
        strategy == Truncation.Strategy.NONE ? encoder.withMaxLength(Integer.MAX_VALUE) : encoder,
        new Blank.Infilled(filling, !last),
        target);
  }

  /** Its words as within a sentence. */
  @Override
  public int[] target(String text, TextTokenizer tokenizer, int most) {
    int[] words = WordTokens.of(text, tokenizer);
    int[] ended = Arrays.copyOf(words, words.length + 1);
    ended[words.length] = tokens.end();
    return Arrays.copyOf(ended, Math.min(ended.length, most));
  }

  @Override
  public void requireEnd() {
    // it is among the tokens
  }

  private Place place(String source, TextTokenizer tokenizer) {
    List<Place> places = new ArrayList<>();
    for (String mask : InfillingTokens.MASKS) {
      for (int at = source.indexOf(mask); at >= 0; at = source.indexOf(mask, at + 1)) {
        places.add(new Place(mask, source.substring(0, at), source.substring(at + mask.length())));
      }
    }
    if (places.size() > 1) {
      throw InvalidInputException.of(
          "text: it has %d blanks; one is filled at a time, so leave one of %s in it",
          places.size(), String.join(", ", InfillingTokens.MASKS));
    }
    if (places.size() == 1) {
      return places.get(0);
    }
    boolean rest = InfillingTokens.mask(REST_OF_TEXT, tokenizer).isPresent();
    return new Place(rest ? REST_OF_TEXT : InfillingTokens.MASKS.get(0), source + separator, "");
  }

  private static List<String> known(TextTokenizer tokenizer) {
    return InfillingTokens.MASKS.stream()
        .filter(mask -> InfillingTokens.mask(mask, tokenizer).isPresent())
        .toList();
  }
}
