package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;

/** T5's tokenizer from its SentencePiece model is the one that tokenizer.json describes. */
class T5VocabularyTest {

  private static final Path MODEL = GoldenSet.folder().resolve("t5").resolve("model");
  private static final int SENTINELS = 8;

  @TempDir Path folder;

  /** The pieces of the golden tokenizer as a SentencePiece model. */
  private void model(String first) throws IOException {
    JsonNode json = GoldenSet.json(MODEL.resolve("tokenizer.json"));
    JsonNode vocabulary = json.path("model").path("vocab");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int id = 0; id < vocabulary.size() - SENTINELS; id++) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      CodedOutputStream piece = CodedOutputStream.newInstance(one);
      piece.writeString(1, id == 0 ? first : vocabulary.get(id).get(0).asText());
      piece.writeFloat(2, (float) vocabulary.get(id).get(1).asDouble());
      piece.writeEnum(3, id == 2 ? 2 : id < 2 ? 3 : 1);
      piece.flush();
      out.writeByteArray(1, one.toByteArray());
    }
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    CodedOutputStream normalizer = CodedOutputStream.newInstance(one);
    normalizer.writeByteArray(
        2,
        Base64.getDecoder().decode(json.path("normalizer").path("precompiled_charsmap").asText()));
    normalizer.flush();
    out.writeByteArray(3, one.toByteArray());
    out.flush();
    Files.write(folder.resolve("spiece.model"), bytes.toByteArray());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"extra_ids\": " + SENTINELS + "}",
        StandardCharsets.UTF_8);
  }

  @Test
  void textsAreCutAsTheDefinitionSays() throws IOException {
    model("<pad>");
    int compared = 0;
    try (TextTokenizer found = TextTokenizer.openWithSpecialTokensInTexts(folder)) {
      for (JsonNode c : GoldenSet.json(MODEL.resolveSibling("tokenizer_cases.json")).get("cases")) {
        String name = c.path("name").asText();
        if (name.startsWith("single_") || name.startsWith("pair_")) {
          String pair = c.path("pair").isTextual() ? c.path("pair").asText() : null;
          Encoding encoding = found.encode(c.path("text").asText(), pair, Truncation.none());
          JsonNode expected = c.path("encoding").path("ids");
          assertThat(encoding.ids()).as(name).hasSize(expected.size());
          for (int i = 0; i < expected.size(); i++) {
            assertThat(encoding.ids()[i]).as(name).isEqualTo(expected.get(i).asInt());
          }
          compared++;
        }
      }
      assertThat(found.tokenId("<extra_id_0>")).hasValue(459);
      assertThat(found.tokenId("<extra_id_7>")).hasValue(452);
      assertThat(found.endId()).hasValue(1);
      assertThat(found.padId()).isZero();
    }
    assertThat(compared).isGreaterThan(20);
  }

  /** Another family's model of the same name is not taken for T5's. */
  @Test
  void otherModelsAreRefused() throws IOException {
    model("<unk>");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("spiece.model");
  }
}
