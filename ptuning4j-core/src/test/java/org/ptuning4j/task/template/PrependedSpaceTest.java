package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Tokenizers that read every text as if a space preceded it, as Llama 2's and Mistral's do. */
class PrependedSpaceTest {

  private static final List<String> TOKENS =
      List.of(
          "<unk>", "<s>", "</s>", "▁", "y", "e", "s", "i", "t", ":", "▁y", "▁ye", "▁yes", "▁i",
          "▁it", "▁▁");

  private static final String MERGES = "[\"▁ y\", \"▁y e\", \"▁ye s\", \"▁ i\", \"▁i t\", \"▁ ▁\"]";

  @TempDir Path temp;

  private TextTokenizer tokenizer() throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < TOKENS.size(); id++) {
      vocabulary
          .append(id == 0 ? "" : ", ")
          .append('"')
          .append(TOKENS.get(id))
          .append("\": ")
          .append(id);
    }
    Files.writeString(
        temp.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
          {"id": 0, "content": "<unk>", "special": true, "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false},
          {"id": 1, "content": "<s>", "special": true, "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false},
          {"id": 2, "content": "</s>", "special": true, "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false}],
         "normalizer": {"type": "Sequence", "normalizers": [
           {"type": "Prepend", "prepend": "▁"},
           {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
         "pre_tokenizer": null,
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                      {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
         "decoder": null,
         "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>",
           "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true,
           "byte_fallback": false, "vocab": {%s}, "merges": %s}}
        """
            .formatted(vocabulary, MERGES));
    return TextTokenizer.open(temp);
  }

  private static List<String> shown(TextTokenizer tokenizer, TokenRow row) {
    return Arrays.stream(row.ids()).mapToObj(tokenizer::token).toList();
  }

  @Test
  void wordsHaveOneSpace() throws IOException {
    try (TextTokenizer tokenizer = tokenizer()) {
      assertThat(tokenizer.prependsSpace()).isTrue();
      assertThat(WordTokens.of("yes", tokenizer)).containsExactly(TOKENS.indexOf("▁yes"));
      assertThat(WordTokens.of(" it ", tokenizer)).containsExactly(TOKENS.indexOf("▁it"));
    }
  }

  @Test
  void whatFollowsASoftTokenHasOneSpace() throws IOException {
    ClozeTemplate template = ClozeTemplate.parse("{text_a} {soft} it: {mask}");
    try (TextTokenizer tokenizer = tokenizer()) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 64, Direction.CAUSAL);
      TokenRow row = template.render(Map.of("text_a", "yes it"), encoder).row();
      assertThat(shown(tokenizer, row)).containsExactly("<s>", "▁yes", "▁it", "<unk>", "▁it", ":");
      assertThat(row.slots()).containsExactly(-1, -1, -1, 0, -1, -1);
      TokenRow cut =
          template
              .render(Map.of("text_a", "yes it"), new ItemEncoder(tokenizer, 5, Direction.CAUSAL))
              .row();
      assertThat(shown(tokenizer, cut)).containsExactly("<s>", "▁yes", "<unk>", "▁it", ":");
    }
  }

  @Test
  void anEmptyTextIsReadAllTheSame() throws IOException {
    try (TextTokenizer tokenizer = tokenizer()) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 64, Direction.CAUSAL);
      TokenRow row = encoder.row(tokenizer.encodeWithoutSpecialTokens("", null, Truncation.none()));
      assertThat(row.length()).isEqualTo(1);
    }
  }
}
