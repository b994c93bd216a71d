package org.ptuning4j.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.SmallDisk;

/** Packs: saved, opened, replaced; and refused where anything about them is wrong. */
class PackTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Form FORM =
      new Form(3, "top:2", PositionConvention.UNSHIFTED, SequenceInput.DENSE, 3, false);

  private static Backbone backbone;
  private static TestPacks packs;

  @TempDir Path temp;

  @BeforeAll
  static void load() {
    backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference());
    packs = new TestPacks(backbone);
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  @Test
  void comesBackAsItWasSaved() {
    Pack saved = packs.save(temp.resolve("pack"), FORM, 1);
    Pack opened = Pack.open(temp.resolve("pack"));

    assertThat(opened.facts()).isEqualTo(saved.facts());
    assertThat(opened.folder()).isEqualTo(temp.resolve("pack"));
    assertThat(opened.weights()).isEmpty();
    SequenceClassificationTask task = (SequenceClassificationTask) opened.task();
    assertThat(task.name()).isEqualTo("toy");
    assertThat(task.labels()).containsExactly("label-0", "label-1", "label-2");
    assertThat(task.labelName("label-0")).isEqualTo("nought");
    assertThat(task.metricNames()).containsExactly("accuracy", "macro_f1");
    assertThat(task.truncation().maxLength()).isEqualTo(64);
    opened.requireBackbone(backbone, "tiny");
    try (DeepPrompt prompt = (DeepPrompt) opened.prompt(backbone).orElseThrow()) {
      assertThat(prompt.length()).isEqualTo(3);
      assertThat(prompt.layers()).containsExactly(1, 2);
      assertThat(prompt.positions()).isEqualTo(PositionConvention.UNSHIFTED);
      assertThat(Tensors.floats(prompt.matrix()))
          .isEqualTo(tensors(temp.resolve("pack")).get("prompt_embeddings"));
    }
    try (Head head = opened.head(backbone)) {
      assertThat(head.saved()).containsKey("classifier.dense.weight");
      assertThat(head.parameters())
          .hasSize(4)
          .allSatisfy(
              p ->
                  assertThat(Tensors.floats(p.tensor()))
                      .isEqualTo(tensors(temp.resolve("pack")).get(p.name())));
    }
    assertThat(names(temp)).containsExactly("pack");
    assertThat(names(temp.resolve("pack"))).containsExactly("prompt.json", "prompt.safetensors");
  }

  @Test
  void holdsTheWeightsThatFineTuningMade() {
    Pack pack = packs.saveFineTuned(temp.resolve("pack"), TinyModel.bert(), 1);
    assertThat(pack.weights()).contains(temp.resolve("pack/model.safetensors"));
    ModelFolder folder = ModelFolder.open(TinyModel.bert());
    try (Backbone own =
        BackboneFamilies.standard()
            .load(folder.withWeights(pack.weights().get()), Engine.reference())) {
      Pack.open(temp.resolve("pack")).requireBackbone(own, "tiny");
      Scope.run(
          () -> {
            Map<String, Tensor> before = backbone.namedWeights();
            own.namedWeights()
                .forEach(
                    (name, tensor) ->
                        assertThat(tensor.equal(before.get(name).mul(scalar(1.1))))
                            .as(name)
                            .isTrue());
          });
    }
    assertThat(Pack.open(temp.resolve("pack")).prompt(backbone)).isEmpty();
  }

  private static org.bytedeco.pytorch.Scalar scalar(double value) {
    return new org.bytedeco.pytorch.Scalar(value);
  }

  @Test
  void isRefusedOnAnotherBackboneByNameAndHash() {
    Pack pack = packs.save(temp.resolve("pack"), FORM, 1);
    ModelFolder folder = ModelFolder.open(TinyModel.folder("roberta"));
    try (Backbone other = BackboneFamilies.standard().load(folder, Engine.reference())) {
      assertThatThrownBy(() -> pack.requireBackbone(other, "elsewhere"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("'tiny' (bert, 3 layers of 48")
          .hasMessageContaining("'elsewhere'")
          .hasMessageContaining("(roberta, 3 layers of 40")
          .hasMessageContaining(backbone.weightsHash().substring(0, 12))
          .hasMessageContaining(other.weightsHash().substring(0, 12));
    }
  }

  /** One bit of one weight makes it another backbone. */
  @Test
  void isRefusedOnTheSameModelWithOneWeightChanged() throws IOException {
    Pack pack = packs.save(temp.resolve("pack"), FORM, 1);
    Path weights = temp.resolve("model.safetensors");
    Files.copy(TinyModel.bert().resolve("model.safetensors"), weights);
    flipBit(weights, Files.size(weights) / 2);
    ModelFolder folder = ModelFolder.open(TinyModel.bert()).withWeights(weights);
    try (Backbone changed = BackboneFamilies.standard().load(folder, Engine.reference())) {
      assertThatThrownBy(() -> pack.requireBackbone(changed, "changed"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("a prompt means nothing to other weights");
    }
  }

  @Test
  void aFlippedBitIsFound() throws IOException {
    packs.saveFineTuned(temp.resolve("pack"), TinyModel.bert(), 1);
    for (String name : List.of("prompt.safetensors", "model.safetensors")) {
      Path file = temp.resolve("pack").resolve(name);
      for (long at : new long[] {0, 9, Files.size(file) / 2, Files.size(file) - 1}) {
        flipBit(file, at);
        assertThatThrownBy(() -> Pack.open(temp.resolve("pack")))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(file.toString())
            .hasMessageContaining("SHA-256");
        flipBit(file, at);
      }
    }
    Pack.open(temp.resolve("pack"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt.json", "prompt.safetensors", "model.safetensors"})
  void aMissingFileIsNamed(String name) throws IOException {
    packs.saveFineTuned(temp.resolve("pack"), TinyModel.bert(), 1);
    Files.delete(temp.resolve("pack").resolve(name));
    assertThatThrownBy(() -> Pack.open(temp.resolve("pack")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(temp.resolve("pack").toString());
  }

  @Test
  void noFolderIsNoPack() {
    assertThatThrownBy(() -> Pack.open(temp.resolve("nothing")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(temp.resolve("nothing").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "3",
        "\"text\"",
        "\u0000\u0001",
        "{}",
        "{} {}",
        "{\"format\": {}}"
      })
  void aDescriptionThatIsNoneIsRefused(String json) throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    Files.writeString(temp.resolve("pack/prompt.json"), json, StandardCharsets.UTF_8);
    assertRefused("prompt.json");
  }

  @Test
  void aDescriptionCutShortAnywhereIsRefused() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    byte[] whole = Files.readAllBytes(temp.resolve("pack/prompt.json"));
    for (int length = 0; length < whole.length; length += 13) {
      Files.write(temp.resolve("pack/prompt.json"), java.util.Arrays.copyOf(whole, length));
      assertRefused("prompt.json");
    }
  }

  @Test
  void aDescriptionNestedTooDeeplyIsRefused() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    String deep = "{\"settings\": {\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
    Files.writeString(temp.resolve("pack/prompt.json"), deep, StandardCharsets.UTF_8);
    assertRefused("prompt.json");
  }

  @Test
  void anUnknownFormatIsNamed() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    change("format", "\"ptuning4j-pack/2\"");
    assertRefused("'ptuning4j-pack/2'", "'ptuning4j-pack/1'");
  }

  @Test
  void unknownFieldsAreNoFaultWhereTheyChangeNoMeaning() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    change("remark", "{\"by\": \"a later version\"}");
    Pack.open(temp.resolve("pack"));
    change("head.remark", "1");
    assertRefused("remark");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format",
        "method",
        "head",
        "head.kind",
        "head.input",
        "head.labels",
        "task",
        "task.name",
        "task.text",
        "task.labels",
        "backbone",
        "backbone.id",
        "backbone.weights_sha256",
        "provenance",
        "prompt",
        "prompt.length",
        "prompt.layers",
        "prompt.positions",
        "tensors"
      })
  void aMissingFieldIsNamed(String field) throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    String last = field.substring(field.lastIndexOf('.') + 1);
    change(field, null);
    assertRefused(last);
    change(field, "null");
    assertRefused(last);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          head            | 3                      | head
          head.kind       | "span"                 | 'span'
          head.input      | "nose"                 | 'nose'
          head.labels     | []                     | head.labels
          head.labels     | 1                      | labels
          head.labels     | 2                      | task.labels
          task.labels     | []                     | labels
          task.labels     | ["one"]                | only label
          task.labels     | ["one", "one", "two"]  | are the same label
          task.labels     | ["one", null, "two"]   | task.labels
          task.labels     | {"one": 1}             | task.labels
          task.labels     | ["label-0", "label-1"] | task.labels
          task.name       | "a b"                  | 'a b'
          task.text       | "{text"                | {text
          task.label_names| {"none": "x"}          | 'none'
          task.metrics    | []                     | metric
          task.metrics    | ["beauty"]             | 'beauty'
          task.metrics    | [null]                 | task.metrics
          task.truncation | "both"                 | 'both'
          task.max_length | 0                      | maxLength is 0
          task.max_length | -7                     | -7
          task.max_length | "long"                 | max_length
          task.max_length | 6.5                    | 6.5
          task.max_length | 99999999999            | 99999999999
          prompt.length   | 4                      | prompt.length is 4
          prompt.length   | 0                      | prompt.length is 0
          prompt.length   | "three"                | three
          prompt.length   | 2.9                    | 2.9
          prompt.layers   | [2, 9]                 | layers: 9
          prompt.layers   | [0, 3]                 | prompt.layers
          prompt.layers   | [3, 2]                 | prompt.layers
          prompt.layers   | [3, 3]                 | prompt.layers
          prompt.layers   | [3]                    | prompt_embeddings
          prompt.layers   | []                     | prompt_embeddings
          prompt.layers   | [2, null]              | prompt.layers
          prompt.positions| "sideways"             | 'sideways'
          backbone.layers | "many"                 | many
          tensors         | {}                     | prompt.safetensors
          tensors         | ["prompt.safetensors"] | tensors
          """)
  void aWrongValueIsNamed(String field, String value, String expected) throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    change(field, value);
    assertRefused(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret.safetensors", "/etc/passwd", "prompt.json", "a/b", ".."})
  void filesOutsideAreNotTouched(String name) throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    Path outside = Files.writeString(temp.resolve("secret.safetensors"), "secret");
    ObjectNode root = description();
    ((ObjectNode) root.get("tensors")).put(name, sha256(outside));
    write(root);
    assertRefused("unknown file '" + name + "'");
  }

  /** A file with a sound hash whose tensors do not fit. */
  @Test
  void aPromptOfAnotherShapeIsRefused() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    for (long[] shape : List.of(new long[] {3, 191}, new long[] {3}, new long[] {2, 192})) {
      replaceTensor("prompt_embeddings", Optional.of(shape));
      assertRefused("prompt");
    }
    replaceTensor("prompt_embeddings", Optional.empty());
    assertRefused("no prompt_embeddings");
  }

  @Test
  void aHeadOfAnotherShapeIsRefused() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    replaceTensor("classifier.out_proj.weight", Optional.of(new long[] {4, 48}));
    assertRefused("classifier.out_proj.weight", "[3, 48]", "[4, 48]");
    replaceTensor("classifier.out_proj.weight", Optional.empty());
    assertRefused("classifier.out_proj.weight", "[3, 48]", "none");
  }

  /** More than prompt and head have: the file is another's, or of a later version. */
  @Test
  void tensorsThatNobodyReadsAreRefused() throws IOException {
    packs.save(temp.resolve("pack"), FORM, 1);
    replaceTensor("classifier.second.weight", Optional.of(new long[] {3, 48}));
    assertRefused("tensors that are not expected", "'classifier.second.weight'");
    replaceTensor("classifier.second.weight", Optional.empty());
    replaceTensor("prompt_offsets", Optional.of(new long[] {2, 3, 48}));
    assertRefused("tensors that are not expected", "'prompt_offsets'");
  }

  @Test
  void anEarlierPackIsReplaced() {
    packs.save(temp.resolve("pack"), Form.ofLength(5), 1);
    packs.save(temp.resolve("pack"), FORM, 2);
    assertThat(Pack.open(temp.resolve("pack")).facts().prompt()).containsEntry("length", 3);
    assertThat(names(temp)).containsExactly("pack");
  }

  @Test
  void anEmptyFolderIsReplaced() throws IOException {
    Files.createDirectory(temp.resolve("pack"));
    packs.save(temp.resolve("pack"), FORM, 2);
    Pack.open(temp.resolve("pack"));
  }

  @Test
  void someoneElsesFilesAreNotReplaced() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("thesis"));
    Files.writeString(folder.resolve("chapter-1.txt"), "It was a dark and stormy night.");
    assertThatThrownBy(() -> packs.save(folder, FORM, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(folder.toString());
    assertThat(names(folder)).containsExactly("chapter-1.txt");
    assertThatThrownBy(() -> packs.save(folder.resolve("chapter-1.txt"), FORM, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chapter-1.txt");
    assertThat(folder.resolve("chapter-1.txt")).hasContent("It was a dark and stormy night.");
    assertThat(names(temp)).containsExactly("thesis");
  }

  @Test
  void aFullDiskLeavesTheEarlierPackAndNothingElse() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(temp, 128)) {
      Path folder = disk.folder().resolve("pack");
      packs.save(folder, FORM, 1);
      PackFacts before = Pack.open(folder).facts();
      assertThatThrownBy(() -> packs.save(folder, Form.ofLength(150), 2))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(disk.folder().toString())
          .hasMessageContaining("pack")
          .hasMessageContaining("No space left");
      assertThat(Pack.open(folder).facts()).isEqualTo(before);
      assertThat(names(disk.folder())).containsExactly("pack");
    }
  }

  @Test
  void aFullDiskLeavesNoHalfPack() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(temp, 128)) {
      for (int length = 20; length <= 160; length += 28) {
        int tried = length;
        Path folder = disk.folder().resolve("pack-" + tried);
        try {
          packs.save(folder, Form.ofLength(tried), 2);
          Pack.open(folder);
        } catch (UncheckedIOException e) {
          assertThat(e).hasMessageContaining("No space left");
          assertThat(folder).doesNotExist();
        }
      }
      List<String> left = names(disk.folder());
      assertThat(left).isNotEmpty().allMatch(name -> name.startsWith("pack-"));
      assertThat(left).as("some did not fit").hasSizeLessThan(6);
    }
  }

  /** Opens a pack as a predictor does. */
  private static void use(Path folder) {
    Pack pack = Pack.open(folder);
    pack.requireBackbone(backbone, "tiny");
    pack.task();
    pack.prompt(backbone).ifPresent(TrainedPrompt::close);
    pack.head(backbone).close();
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> use(temp.resolve("pack")))
        .isInstanceOf(InvalidInputException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts))
        .hasMessageContaining(temp.resolve("pack").toString());
  }

  private ObjectNode description() throws IOException {
    return (ObjectNode) JSON.readTree(Files.readAllBytes(temp.resolve("pack/prompt.json")));
  }

  private void write(JsonNode description) throws IOException {
    Files.write(temp.resolve("pack/prompt.json"), JSON.writeValueAsBytes(description));
  }

  /** Sets a field of the description to JSON text, or removes it. */
  private void change(String field, String json) throws IOException {
    ObjectNode root = description();
    int dot = field.indexOf('.');
    ObjectNode holder = dot < 0 ? root : (ObjectNode) root.get(field.substring(0, dot));
    String name = field.substring(dot + 1);
    if (json == null) {
      holder.remove(name);
    } else {
      holder.set(name, JSON.readTree(json));
    }
    write(root);
  }

  /** Gives a tensor another shape, or removes it, and records the new hash. */
  private void replaceTensor(String name, Optional<long[]> shape) throws IOException {
    Path file = temp.resolve("pack/prompt.safetensors");
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = new TreeMap<>();
          try (SafetensorsFile source = SafetensorsFile.open(file)) {
            source.names().forEach(each -> tensors.put(each, source.read(each)));
          }
          tensors.remove(name);
          shape.ifPresent(s -> tensors.put(name, org.bytedeco.pytorch.global.torch.zeros(s)));
          SafetensorsWriter.write(file, tensors, Map.of());
        });
    change("tensors", JSON.writeValueAsString(Map.of("prompt.safetensors", sha256(file))));
  }

  private static Map<String, float[]> tensors(Path pack) {
    Map<String, float[]> values = new TreeMap<>();
    Scope.run(
        () -> {
          try (SafetensorsFile file = SafetensorsFile.open(pack.resolve("prompt.safetensors"))) {
            file.names().forEach(name -> values.put(name, Tensors.floats(file.read(name))));
          }
        });
    return values;
  }

  private static void flipBit(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 16;
    Files.write(file, bytes);
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
