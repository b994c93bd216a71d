package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyGlm;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.TextTokenizer;

/** Templates for models that fill blanks, as the published code makes rows of them. */
class InfilledBlankTest {

  @TempDir static Path temp;

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = TextTokenizer.open(TinyGlm.write(temp));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static ItemEncoder encoder(int maxLength) {
    return new ItemEncoder(tokenizer, maxLength, Direction.INFILLING);
  }

  /** The example of the repository's README: tokens and both rows of positions. */
  @Test
  void theRepositorysExample() {
    ClozeTemplate template = ClozeTemplate.parse("{text} is located in {mask}.");
    RenderedCloze rendered =
        template.render(Map.of("text", "Tsinghua University"), encoder(64), TinyGlm.ids("beijing"));
    TokenRow row = rendered.row();
    assertThat(row.ids())
        .isEqualTo(
            TinyGlm.ids("[CLS] tsinghua university is located in [MASK] . [SEP] <|startofpiece|>"));
    assertThat(row.filling()).contains(new BlankFilling(9, 6));
    assertThat(rendered.reads()).containsExactly(9);
    assertThat(row.anchor()).isEqualTo(9);
    TokenBatch batch = TokenBatch.of(List.of(row), tokenizer.padId());
    assertThat(batch.geometry().positions().get(0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 6);
    assertThat(batch.geometry().positions().get(1)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    Reach reach = batch.geometry().reach();
    for (int from = 0; from < 10; from++) {
      for (int to = 0; to < 10; to++) {
        assertThat(reach.covers(0, from, to)).isEqualTo(to < 9 || from == 9);
      }
    }
  }

  /** Each token but the last is read, and told by the one before it. */
  @Test
  void aWordingOfSeveralTokens() {
    ClozeTemplate template = ClozeTemplate.parse("{text} is in {mask}.");
    RenderedCloze rendered =
        template.render(Map.of("text", "pizza"), encoder(64), TinyGlm.ids("new york university"));
    assertThat(rendered.row().ids())
        .isEqualTo(TinyGlm.ids("[CLS] pizza is in [MASK] . [SEP] <|startofpiece|> new york"));
    assertThat(rendered.reads()).containsExactly(7, 8, 9);
    assertThat(rendered.row().filling()).contains(new BlankFilling(7, 4));
    TokenBatch batch =
        TokenBatch.of(List.of(rendered.row().withPrefix(2), short1()), tokenizer.padId());
    assertThat(batch.geometry().positions().get(0))
        .startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 6, 6, 6)
        .endsWith(0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(batch.geometry().positions().get(1))
        .startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3)
        .endsWith(new int[12]);
  }

  private static TokenRow short1() {
    return TokenRow.of(TinyGlm.ids("[CLS] pizza [SEP]"), new int[3]);
  }

  @Test
  void whatFollowsTheGapIsRead() {
    ClozeTemplate template = ClozeTemplate.parse("{soft:2} {mask}: {text_a} {sep} {text_b}?");
    assertThat(Blank.of(Direction.INFILLING, tokenizer, template).readable(template))
        .isEqualTo(template);
    TokenRow row = template.render(Map.of("text_a", "the dog", "text_b", "no"), encoder(64)).row();
    assertThat(row.softTokens()).isEqualTo(2);
    assertThat(row.slots()).startsWith(-1, 0, 1, -1);
    assertThat(row.filling()).contains(new BlankFilling(11, 3));
    assertThat(row.ids()[10]).isEqualTo(TinyGlm.id("[SEP]"));
    assertThat(row.ids()[11]).isEqualTo(TinyGlm.id("<|startofpiece|>"));
  }

  @Test
  void aLongFieldIsCutAndTheBlankMovesWithIt() {
    ClozeTemplate template = ClozeTemplate.parse("{text} was {mask}.");
    RenderedCloze rendered =
        template.render(
            Map.of("text", "the quick brown fox jumps over the lazy dog"),
            encoder(10),
            TinyGlm.ids("very good"));
    assertThat(rendered.row().ids())
        .isEqualTo(TinyGlm.ids("[CLS] the quick brown was [MASK] . [SEP] <|startofpiece|> very"));
    assertThat(rendered.row().filling()).contains(new BlankFilling(8, 5));
    assertThat(rendered.reads()).containsExactly(8, 9);
  }

  /** A text that spells the tokens of blanks is text. */
  @Test
  void theTokensOfBlanksInAFieldAreText() {
    ClozeTemplate template = ClozeTemplate.parse("{text} was {mask}.");
    for (String spelt : List.of("[gMASK]", "<|startofpiece|>", "<|endofpiece|>", "[sMASK]")) {
      int[] ids = template.render(Map.of("text", "the " + spelt + " dog"), encoder(64)).row().ids();
      assertThat(ids).containsOnlyOnce(TinyGlm.id("<|startofpiece|>"));
      assertThat(ids)
          .doesNotContain(
              TinyGlm.id("[gMASK]"), TinyGlm.id("[sMASK]"), TinyGlm.id("<|endofpiece|>"));
    }
  }

  @Test
  void aTokenizerWithoutTheTokensOfBlanksIsRefused(@TempDir Path bare) {
    TinyGlm.tokenizer(bare, List.of());
    try (TextTokenizer other = TextTokenizer.open(bare)) {
      ClozeTemplate template = ClozeTemplate.parse("{text} was {mask}.");
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> Blank.of(Direction.INFILLING, other, template))
          .withMessageContaining("no token '<|startofpiece|>'")
          .withMessageContaining("added_tokens.json");
    }
  }
}
