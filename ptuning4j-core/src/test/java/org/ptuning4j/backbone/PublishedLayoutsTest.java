package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.StateDictFile;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Folders laid out as BERT's derivatives are published, with tiny weights in them. */
class PublishedLayoutsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @BeforeEach
  void start() {
    Torch.start();
  }

  private void config(String family, String... lines) throws IOException {
    ObjectNode config =
        (ObjectNode) JSON.readTree(TinyModel.folder(family).resolve("config.json").toFile());
    ObjectNode more = (ObjectNode) JSON.readTree("{" + String.join(",", lines) + "}");
    config.setAll(more);
    Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(config));
  }

  private void file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content, StandardCharsets.UTF_8);
  }

  private void tokenizerJson(String family) throws IOException {
    Files.copy(
        TinyModel.folder(family).resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
  }

  /** The words of a family's tokenizer.json, a line each. */
  private void vocabularyLines(String family) throws IOException {
    JsonNode words =
        JSON.readTree(TinyModel.folder(family).resolve("tokenizer.json").toFile())
            .at("/model/vocab");
    String[] lines = new String[words.size()];
    words.properties().forEach(word -> lines[word.getValue().intValue()] = word.getKey());
    file("vocab.txt", String.join("\n", lines) + "\n");
  }

  private static Map<String, Tensor> tensors(String family, UnaryOperator<String> names) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = Checkpoints.open(TinyModel.folder(family))) {
      for (String name : source.names()) {
        String renamed = names.apply(name);
        if (!renamed.isEmpty()) {
          tensors.put(renamed, source.read(name));
        }
      }
    }
    return tensors;
  }

  private static Tensor positionIds(int count) {
    return Tensors.of(IntStream.range(0, count).asLongStream().toArray(), 1, count);
  }

  private void safetensors(Map<String, Tensor> tensors) {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
  }

  private Backbone load() {
    return BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference());
  }

  private static Backbone original(String family) {
    return BackboneFamilies.standard()
        .load(ModelFolder.open(TinyModel.folder(family)), Engine.reference());
  }

  private static float[] states(Backbone backbone) {
    return Scope.run(
        () ->
            Tensors.floats(
                backbone
                    .forward(
                        TokenBatch.of(
                            List.of(new int[] {2, 40, 41, 50, 3}), List.of(new int[5]), 0),
                        Injection.none(),
                        ForwardOptions.evaluation(ForwardOptions.Positions.ALL))
                    .lastHidden()));
  }

  /**
   * chinese-roberta-wwm-ext and chinese-macbert-base: a BERT by its model_type whatever it is
   * called, a pickle with {@code bert.} and {@code cls.*} in it, a vocabulary of lines.
   */
  @Test
  void chineseBertsLoad() throws IOException {
    config(
        "bert",
        "\"architectures\": [\"BertForMaskedLM\"]",
        "\"directionality\": \"bidi\"",
        "\"output_past\": true",
        "\"pooler_fc_size\": 768",
        "\"pooler_num_attention_heads\": 12",
        "\"pooler_num_fc_layers\": 3",
        "\"pooler_size_per_head\": 128",
        "\"pooler_type\": \"first_token_transform\"");
    file("added_tokens.json", "{}");
    file("special_tokens_map.json", "{\"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\"}");
    file("tokenizer_config.json", "{\"init_inputs\": []}");
    vocabularyLines("bert");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = tensors("bert", name -> name);
          tensors.put("bert.embeddings.position_ids", positionIds(160));
          tensors.put(
              "cls.predictions.decoder.weight",
              tensors.get("bert.embeddings.word_embeddings.weight"));
          tensors.put("cls.predictions.decoder.bias", tensors.get("cls.predictions.bias"));
          StateDictFile.write(folder.resolve("pytorch_model.bin"), tensors);
        });
    try (Backbone found = load();
        Backbone right = original("bert")) {
      assertThat(found.weightsHash()).isEqualTo(right.weightsHash());
      assertThat(found.languageModel().weightsHash())
          .isEqualTo(right.languageModel().weightsHash());
      assertThat(found.spec().hasPooler()).isTrue();
    }
  }

  /** The tokenizer settings of Chinese BERTs are followed: each character is a word. */
  @Test
  void chineseCharactersAreWords() throws IOException {
    file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n北\n京\n##京\né\ne\nA\na\n");
    for (String each :
        List.of(
            "{\"do_lower_case\": true} | 2 5 6 9 11 3",
            "{\"do_lower_case\": false} | 2 5 6 8 10 3",
            "{\"do_lower_case\": true, \"strip_accents\": false} | 2 5 6 8 11 3",
            "{\"do_lower_case\": true, \"tokenize_chinese_chars\": false} | 2 5 7 9 11 3",
            "{\"do_lower_case\": true, \"do_basic_tokenize\": true} | 2 5 6 9 11 3")) {
      String[] parts = each.split(" \\| ", -1);
      file("tokenizer_config.json", parts[0]);
      try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
        int[] ids = tokenizer.encode("北京 é A", null, Truncation.none()).ids();
        assertThat(IntStream.of(ids).mapToObj(String::valueOf).toList())
            .as(each)
            .containsExactly(parts[1].split(" ", -1));
      }
    }
  }

  /**
   * e5, bge and MiniLM: the encoder alone, with its buffer of positions and the files of sentence
   * transformers beside it.
   */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "F16", "BF16"})
  void embeddingModelsLoad(Dtype type) throws IOException {
    config("bert", "\"architectures\": [\"BertModel\"]", "\"torch_dtype\": \"float16\"");
    file("modules.json", "[{\"idx\": 0, \"name\": \"0\", \"path\": \"\"}]");
    file("1_Pooling/config.json", "{\"word_embedding_dimension\": 48}");
    file("sentence_bert_config.json", "{\"max_seq_length\": 128, \"do_lower_case\": true}");
    tokenizerJson("bert");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors =
              tensors("bert", name -> name.startsWith("cls.") ? "" : name.replace("bert.", ""));
          tensors.replaceAll((name, tensor) -> tensor.to(type.scalarType()));
          tensors.put("embeddings.position_ids", positionIds(160));
          safetensors(tensors);
        });
    try (Backbone found = load();
        Backbone right = original("bert")) {
      assertThat(found.spec().hasLanguageModel()).isFalse();
      assertThat(found.spec().hasPooler()).isTrue();
      float[] expected = states(right);
      float[] states = states(found);
      for (int i = 0; i < states.length; i++) {
        assertThat(states[i]).isCloseTo(expected[i], within(type == Dtype.F32 ? 0f : 0.05f));
      }
    }
  }

  /**
   * XLM-R: the head twice over, in its tied matrix and its bias, and positions from the padding.
   */
  @ParameterizedTest
  @ValueSource(strings = {"xlm-roberta", "roberta", "camembert"})
  void robertasLoad(String modelType) throws IOException {
    config("xlm_roberta", "\"model_type\": \"" + modelType + "\"");
    tokenizerJson("xlm_roberta");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = tensors("xlm_roberta", name -> name);
          tensors.put("roberta.embeddings.position_ids", positionIds(162));
          tensors.put(
              "lm_head.decoder.weight", tensors.get("roberta.embeddings.word_embeddings.weight"));
          tensors.put("lm_head.decoder.bias", tensors.get("lm_head.bias"));
          StateDictFile.write(folder.resolve("pytorch_model.bin"), tensors);
        });
    try (Backbone found = load();
        Backbone right = original("xlm_roberta")) {
      assertThat(found.weightsHash()).isEqualTo(right.weightsHash());
      assertThat(found.languageModel().weightsHash())
          .isEqualTo(right.languageModel().weightsHash());
      assertThat(states(found)).isEqualTo(states(right));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relative_key", "relative_key_query", "rotary"})
  void otherPositionsAreRefusedByName(String kind) throws IOException {
    config("bert", "\"position_embedding_type\": \"" + kind + "\"");
    tokenizerJson("bert");
    Scope.run(() -> safetensors(tensors("bert", name -> name)));
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("position_embedding_type '" + kind + "' is not supported");
    config("bert", "\"position_embedding_type\": \"absolute\"");
    load().close();
  }

  /** A head of another size, or half of one, serves whoever does not need it. */
  @Test
  void aHeadThatDoesNotFitIsNoHindrance() throws IOException {
    config("xlm_roberta");
    tokenizerJson("xlm_roberta");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = tensors("xlm_roberta", name -> name);
          tensors.put("lm_head.bias", RandomStream.of(1).gaussian(1, 501));
          tensors.remove("lm_head.dense.bias");
          safetensors(tensors);
        });
    try (Backbone found = load();
        Backbone right = original("xlm_roberta")) {
      assertThat(found.spec().hasLanguageModel()).isFalse();
      assertThat(found.weightsHash()).isEqualTo(right.weightsHash());
    }
  }

  @Test
  void sentencePiecesAloneSayWhatToDo() throws IOException {
    String onePiece = "\n\b\n\u0001a\u0015\u0000\u0000\u0000\u0000"; // and no model of T5's
    for (String name : List.of("spm.model", "spiece.model", "sentencepiece.bpe.model")) {
      file(name, onePiece);
      assertThatThrownBy(() -> TextTokenizer.open(folder))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("tokenizer.json")
          .hasMessageContaining("AutoTokenizer.from_pretrained");
      Files.delete(folder.resolve(name));
    }
  }

  @Test
  void aBrokenModelOfPiecesIsNamed() throws IOException {
    file("spiece.model", "pieces");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("spiece.model")
        .hasMessageContaining("no SentencePiece model");
  }
}
