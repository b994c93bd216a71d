package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.TextTokenizer;

/** Templates for models that say what comes next. */
class ContinuedBlankTest {

  private static final TextTokenizer GPT2 = TextTokenizer.open(model("gpt2"));
  private static final TextTokenizer BERT = TextTokenizer.open(model("bert"));

  private static Path model(String name) {
    return GoldenSet.folder().resolve(name).resolve("model");
  }

  @AfterAll
  static void close() {
    GPT2.close();
    BERT.close();
  }

  private static ItemEncoder encoder(int maxLength) {
    return new ItemEncoder(GPT2, maxLength, Direction.CAUSAL);
  }

  private static String text(TokenRow row) {
    return GPT2.decode(row.ids());
  }

  @Test
  void oneTokenIsReadAtTheEndOfWhatPrecedesTheGap() {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} Question: is it? Answer: {mask}");
    RenderedCloze rendered = template.render(Map.of("text_a", "It rains."), encoder(64));
    assertThat(text(rendered.row())).isEqualTo("It rains. Question: is it? Answer:");
    assertThat(rendered.row().anchor()).isEqualTo(rendered.row().length() - 1);
    assertThat(rendered.reads()).containsExactly(rendered.row().length() - 1);
  }

  @Test
  void eachFurtherTokenIsReadAtTheOneBeforeIt() {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} It was {mask}");
    Map<String, String> fields = Map.of("text_a", "A film.");
    TokenRow before = template.render(fields, encoder(64)).row();
    RenderedCloze rendered = template.render(fields, encoder(64), new int[] {40, 41, 42});
    int length = before.length();
    assertThat(Arrays.copyOf(rendered.row().ids(), length)).isEqualTo(before.ids());
    assertThat(Arrays.copyOfRange(rendered.row().ids(), length, length + 2))
        .containsExactly(40, 41);
    assertThat(rendered.row().length()).isEqualTo(length + 2);
    assertThat(rendered.reads()).containsExactly(length - 1, length, length + 1);
    assertThat(rendered.row().anchor()).isEqualTo(length - 1);
  }

  @Test
  void aLongFieldIsCutAndTheGapStaysAtTheEnd() {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} It was {mask}");
    Map<String, String> fields = Map.of("text_a", "one two three four five six seven eight nine");
    RenderedCloze rendered = template.render(fields, encoder(12), new int[] {40, 41});
    assertThat(rendered.row().length()).isEqualTo(12);
    assertThat(rendered.row().ids()[11]).isEqualTo(40);
    assertThat(rendered.reads()).containsExactly(10, 11);
  }

  @Test
  void signsAfterTheGapAreLeftOutAndSoftTokensComeBeforeIt() {
    ClozeTemplate bert = ClozeTemplate.parse("{soft:3} {subject} {soft:2} {mask} {soft:4}.");
    ClozeTemplate gpt = blank(bert);
    assertThat(gpt.source()).isEqualTo("{soft:3} {subject} {soft:2} {soft:4}{mask}");
    assertThat(gpt.softTokens()).isEqualTo(9);
    TokenRow row = gpt.render(Map.of("subject", "France"), encoder(64)).row();
    assertThat(row.softTokens()).isEqualTo(9);
    assertThat(row.slots()[row.length() - 1]).isEqualTo(8);
    assertThat(row.anchor()).isEqualTo(row.length() - 1);
    assertThat(blank(gpt)).isEqualTo(gpt);
  }

  private static ClozeTemplate blank(ClozeTemplate template) {
    return Blank.of(Direction.CAUSAL, GPT2, template).readable(template);
  }

  @Test
  void whatFollowsTheGapAndSaysSomethingIsRefused() {
    for (Map.Entry<String, String> each :
        List.of(
            Map.entry("{mask} is what {text_a} means", "'is what' follows the gap"),
            Map.entry("{mask}: {text_a}", "{text_a} follows the gap"),
            Map.entry("It was {mask} {sep} {text_a}", "{text_a} follows the gap"))) {
      ClozeTemplate template = ClozeTemplate.parse(each.getKey());
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> blank(template))
          .withMessageContaining(each.getValue())
          .withMessageContaining("put {mask} at the end");
    }
  }

  @Test
  void aGapThatNothingPrecedesIsRefused() {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} {mask}");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> template.render(Map.of("text_a", ""), encoder(8)))
        .withMessageContaining("nothing precedes the gap");
  }

  @Test
  void aModelThatSeesTheWholeTextNeedsAMask() {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} It was {mask}.");
    assertThat(Blank.of(Direction.BIDIRECTIONAL, BERT, template).readable(template))
        .isEqualTo(template);
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> Blank.of(Direction.BIDIRECTIONAL, GPT2, template))
        .withMessageContaining("has no mask token");
  }
}
