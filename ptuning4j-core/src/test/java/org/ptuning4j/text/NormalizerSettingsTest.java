package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A tokenizer_config.json that contradicts tokenizer.json. What is right was read off the
 * constructors of Hugging Face's fast tokenizers, version 4.
 */
class NormalizerSettingsTest {

  private static final int UNKNOWN = 4;

  @TempDir private Path folder;

  /** The settings say cased, tokenizer.json lower-cases: words with capitals are not known. */
  @Test
  void saysCased() throws IOException {
    bert("{\"lowercase\": true}", "{\"do_lower_case\": false}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(ids(tokenizer, "THE STORM")).containsOnly(UNKNOWN).hasSize(2);
      assertThat(ids(tokenizer, "the storm")).doesNotContain(UNKNOWN);
      assertThat(tokenizer.notes())
          .containsExactly(
              folder.resolve("tokenizer_config.json")
                  + " says do_lower_case false, "
                  + folder.resolve("tokenizer.json")
                  + " says lowercase true; tokenizer_config.json is followed");
    }
  }

  @Test
  void saysUncased() throws IOException {
    bert("{\"lowercase\": false}", "{\"do_lower_case\": true}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(ids(tokenizer, "THE STORM")).isEqualTo(ids(tokenizer, "the storm"));
      assertThat(ids(tokenizer, "THE STORM")).doesNotContain(UNKNOWN);
      assertThat(tokenizer.notes()).singleElement().asString().contains("do_lower_case true");
    }
  }

  /** That step belongs to vocab.txt; the tokenizers of a tokenizer.json do not know it. */
  @Test
  void saysThatThereIsNoBasicStep() throws IOException {
    bert("{\"lowercase\": true}", "{\"do_basic_tokenize\": false}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(ids(tokenizer, "THE, STORM")).isEqualTo(ids(tokenizer, "the , storm"));
      assertThat(tokenizer.notes())
          .singleElement()
          .asString()
          .contains("do_basic_tokenize false", "BertPreTokenizer", "tokenizer.json is followed");
    }
    bert("{\"lowercase\": true}", "{\"do_basic_tokenize\": true}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.notes()).isEmpty();
    }
  }

  /**
   * What becomes of each field.
   *
   * @param normalizer of tokenizer.json
   * @param settings tokenizer_config.json
   * @param expected lowercase, strip_accents, handle_chinese_chars
   * @param notes how many contradictions are said
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'lowercase': true}                          | {'do_lower_case': true}        |"
            + " true,null,true   | 0",
        "{'lowercase': true}                          | {}                             |"
            + " true,null,true   | 0",
        "{'lowercase': false}                         | {}                             |"
            + " false,null,true  | 0",
        "{'lowercase': true}                          | {'do_lower_case': null}        |"
            + " true,null,true   | 0",
        "{'lowercase': true}                          | {'strip_accents': false}       |"
            + " true,false,true  | 1",
        "{'lowercase': true}                          | {'strip_accents': true}        |"
            + " true,null,true   | 0",
        "{'lowercase': false}                         | {'strip_accents': true}        |"
            + " false,true,true  | 1",
        "{'lowercase': false, 'strip_accents': true}  | {'strip_accents': null}        |"
            + " false,false,true | 1",
        "{'lowercase': false, 'strip_accents': true}  | {}                             |"
            + " false,true,true  | 0",
        "{'lowercase': true, 'strip_accents': true}   | {'do_lower_case': false}       |"
            + " false,false,true | 1",
        "{'lowercase': true}                          | {'tokenize_chinese_chars': false} |"
            + " true,null,false | 1",
        "{'lowercase': true}                          | {'do_lower_case': false, 'strip_accents':"
            + " true, 'tokenize_chinese_chars': false} | false,true,false | 3",
        "{'lowercase': true}                          | {'do_lower_case': false, 'tokenizer_class':"
            + " 'PreTrainedTokenizerFast'} | true,null,true | 1",
        "{'lowercase': true}                          | {'do_lower_case': false, 'tokenizer_class':"
            + " 'BertTokenizerFast'} | false,null,true | 1",
        "{'lowercase': true}                          | {'do_lower_case': false, 'tokenizer_class':"
            + " 'ElectraTokenizer'} | false,null,true | 1",
      })
  void fieldsAreDecidedOneByOne(String normalizer, String settings, String expected, int notes)
      throws IOException {
    bert(normalizer.replace('\'', '"'), settings.replace('\'', '"'));
    TokenizerDefinition definition = TokenizerDefinition.in(folder);
    ObjectNode found = (ObjectNode) definition.json().get("normalizer");
    assertThat(
            List.of(
                found.get("lowercase").toString(),
                found.get("strip_accents").toString(),
                found.get("handle_chinese_chars").toString()))
        .isEqualTo(List.of(expected.split(",")));
    assertThat(definition.notes()).hasSize(notes);
  }

  @Test
  void aClassThatDoesNotLookIsSaid() throws IOException {
    bert(
        "{\"lowercase\": true}",
        "{\"do_lower_case\": false, \"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
    assertThat(TokenizerDefinition.in(folder).notes())
        .singleElement()
        .asString()
        .endsWith("tokenizer.json is followed, as its PreTrainedTokenizerFast does");
  }

  /** Byte-level BPE: the first word as if a space stood before it. */
  @Test
  void aSpaceBeforeTheFirstWord() throws IOException {
    Path model = TestTokenizers.golden("roberta");
    Files.copy(model.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"RobertaTokenizer\", \"add_prefix_space\": true}");
    try (TextTokenizer changed = TextTokenizer.open(folder);
        TextTokenizer plain = TextTokenizer.open(model)) {
      assertThat(ids(changed, "the storm")).isEqualTo(ids(plain, " the storm"));
      assertThat(ids(changed, "the storm")).isNotEqualTo(ids(plain, "the storm"));
      assertThat(changed.notes()).singleElement().asString().contains("add_prefix_space true");
      assertThat(plain.notes()).isEmpty();
    }
  }

  private static int[] ids(TextTokenizer tokenizer, String text) {
    return tokenizer.encodeWithoutSpecialTokens(text, null, Truncation.none()).ids();
  }

  private void bert(String normalizer, String settings) throws IOException {
    ObjectNode json = JsonFile.read(TestTokenizers.golden("bert").resolve("tokenizer.json"));
    ObjectNode bert = (ObjectNode) json.get("normalizer");
    JsonFile.parse(normalizer).properties().forEach(e -> bert.set(e.getKey(), e.getValue()));
    Path file = folder.resolve("tokenizer.json");
    Files.write(file, JsonFile.write(json, file));
    Files.writeString(folder.resolve("tokenizer_config.json"), settings);
  }
}
