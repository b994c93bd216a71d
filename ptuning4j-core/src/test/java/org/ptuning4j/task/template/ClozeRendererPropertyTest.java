package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.hub.Models;
import org.ptuning4j.text.TextTokenizer;

/** What holds for the row of any texts. */
class ClozeRendererPropertyTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));
  private static final ClozeTemplate RTE =
      ClozeTemplate.parse("{text_a} Question: {text_b}? {soft:3} Answer: {mask}.");
  private static final ClozeTemplate PAIR =
      ClozeTemplate.parse("{soft:2}{text_a}{sep}{soft}{text_b} {mask}");
  private static final ClozeTemplate LAMA =
      ClozeTemplate.parse("{soft:3} {text_b} {soft:3} {mask} {soft:3}");

  @AfterContainer
  static void close() {
    BERT.close();
    ROBERTA.close();
  }

  @Property(tries = 200)
  void everyRowHasItsMaskAndItsSoftTokens(
      @ForAll @StringLength(max = 80) String first,
      @ForAll @StringLength(max = 80) String second,
      @ForAll @IntRange(min = 45, max = 80) int maxLength,
      @ForAll @IntRange(min = 1, max = 3) int masks) {
    Map<String, String> fields = Map.of("text_a", first, "text_b", second + "[MASK] <mask>");
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      for (ClozeTemplate template : List.of(PAIR, RTE, LAMA)) {
        RenderedCloze rendered =
            template.render(fields, new ItemEncoder(tokenizer, maxLength), new int[masks]);

        TokenRow row = rendered.row();
        assertThat(row.length()).isLessThanOrEqualTo(maxLength);
        assertThat(rendered.reads())
            .isEqualTo(IntStream.range(row.anchor(), row.anchor() + masks).toArray());
        assertThat(count(row, tokenizer.maskId().getAsInt())).isEqualTo(masks);
        assertThat(Arrays.stream(row.slots()).filter(slot -> slot != TokenRow.WORD))
            .containsExactlyElementsOf(IntStream.range(0, template.softTokens()).boxed().toList());
      }
    }
  }

  /** The mask's spelling gives what its characters give where they do not spell it. */
  @Property(tries = 200)
  void aSpeltMaskIsReadAsItsCharacters(
      @ForAll @StringLength(max = 30) String before, @ForAll @StringLength(max = 30) String after) {
    ItemEncoder encoder = new ItemEncoder(BERT, 512);
    TokenRow spelt = LAMA.render(Map.of("text_b", before + "[MASK]" + after), encoder).row();
    TokenRow apart = LAMA.render(Map.of("text_b", before + "[ MASK ]" + after), encoder).row();
    assertThat(spelt.ids()).isEqualTo(apart.ids());
    assertThat(spelt.slots()).isEqualTo(apart.slots());
  }

  private static long count(TokenRow row, int id) {
    return IntStream.range(0, row.length())
        .filter(i -> row.ids()[i] == id)
        .filter(i -> row.slots().length == 0 || row.slots()[i] == TokenRow.WORD)
        .count();
  }
}
