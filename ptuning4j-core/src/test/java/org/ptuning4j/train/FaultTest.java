package org.ptuning4j.train;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.ChildJvm;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.ptuning4j.tensor.file.SmallDisk;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * What a run survives: kills, full disks, broken files. Whatever happens, what is left is whole,
 * the message says what is wrong, and going on gives what an undisturbed run gives, to the bit.
 */
class FaultTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path shared;

  private static TrainingData data;
  private static RunContents undisturbed;

  @TempDir Path temp;

  @BeforeAll
  static void run() {
    data = TrainingProcess.writeData(shared);
    TrainingProcess.training().run(data, shared.resolve("run"), TrainingListener.silent());
    undisturbed = RunContents.of(shared.resolve("run"));
    assertThat(undisturbed.metrics()).hasSizeGreaterThan(12);
    Training stopped = TrainingProcess.training();
    stopped.run(data, shared.resolve("stopped"), stopAt(stopped, 5));
  }

  /** A copy of a run that was stopped after five steps. */
  private Path stoppedRun() throws IOException {
    Path copy = Files.createDirectory(temp.resolve("run"));
    for (String file : RunContents.files(shared.resolve("stopped"))) {
      Files.createDirectories(copy.resolve(file).getParent());
      Files.copy(shared.resolve("stopped").resolve(file), copy.resolve(file));
    }
    return copy;
  }

  /** Moments at which a run may be killed. */
  private static Map<String, BooleanSupplier> moments(Path out) {
    Path metrics = out.resolve("metrics.jsonl");
    Map<String, BooleanSupplier> moments = new LinkedHashMap<>();
    moments.put("its settings are written", () -> has(out, "run.json"));
    moments.put(
        "its first checkpoint is being written", () -> has(out, ".checkpoint.safetensors.*.tmp"));
    moments.put("three evaluations are made", () -> lines(metrics) >= 3);
    moments.put(
        "better parameters are being written",
        () -> lines(metrics) >= 4 && has(out, ".best-*.safetensors.*.tmp"));
    moments.put(
        "a later checkpoint is being written",
        () -> lines(metrics) >= 6 && has(out, ".checkpoint.safetensors.*.tmp"));
    moments.put("its pack is being written", () -> has(out, ".pack.*"));
    return moments;
  }

  @Test
  @Tag("ci")
  void goesOnToTheBitAfterKills() throws IOException {
    Path out = temp.resolve("run");
    int killed = 0;
    for (Map.Entry<String, BooleanSupplier> moment : moments(out).entrySet()) {
      killed += killAt(out, moment.getValue());
      assertWhole(out);
    }
    assertThat(killed).as("killed before its end").isGreaterThanOrEqualTo(4);
    assertFinishes(out);
  }

  /** In the midst of the run, while something is being written; CI kills at other moments too. */
  @Test
  void goesOnToTheBitAfterAKill() throws IOException {
    Path out = temp.resolve("run");
    Path metrics = out.resolve("metrics.jsonl");
    BooleanSupplier writing = () -> lines(metrics) >= 3 && has(out, ".*.tmp");
    int killed = killAt(out, () -> writing.getAsBoolean() || lines(metrics) > 8);
    assertWhole(out);
    assertThat(killed).as("killed before its end").isPositive();
    assertFinishes(out);
  }

  /** A finished run writes its pack anew when it is resumed: where one is replaced, one is lost. */
  @Test
  @Tag("long")
  void goesOnToTheBitAfterManyKills() throws IOException {
    Path out = temp.resolve("run");
    int killed = 0;
    int whileSaving = 0;
    for (int round = 0; round < 60; round++) {
      int lines = round / 4;
      Path metrics = out.resolve("metrics.jsonl");
      BooleanSupplier moment =
          switch (round % 4) {
            case 0 -> () -> lines(metrics) >= lines && has(out, ".checkpoint.safetensors.*.tmp");
            case 1 -> () -> lines(metrics) > lines;
            case 2 -> () -> has(out, ".best-*.safetensors.*.tmp");
            default -> () -> has(out, ".pack.*");
          };
      killed += killAt(out, moment);
      whileSaving += has(out, ".*.tmp") || has(out, ".*.old") ? 1 : 0;
      assertWhole(out);
    }
    assertThat(killed).isGreaterThan(20);
    assertThat(whileSaving).as("killed in the midst of saving").isGreaterThan(5);
    assertFinishes(out);
  }

  /** Kills a run when something has happened; 1 if it came in time. */
  private static int killAt(Path out, BooleanSupplier moment) throws IOException {
    try (ChildJvm child = TrainingProcess.start(shared, out)) {
      Path begun = TrainingProcess.begun(shared);
      child.await(() -> Files.exists(begun) || moment.getAsBoolean());
      boolean happened = child.awaitClosely(moment);
      child.kill();
      int code = child.exitCode();
      assertThat(code).as(child.output()).isIn(0, 137, 143, 1);
      assertThat(code == 1 && !happened).as(child.output()).isFalse();
      return code == 0 ? 0 : 1;
    }
  }

  /** A killed run's folder holds whole files, or files that are named as what they are. */
  private static void assertWhole(Path out) {
    if (Files.exists(out.resolve("pack"))) {
      Pack.open(out.resolve("pack")).task();
    }
    for (String file : RunContents.files(out)) {
      if (file.matches("(checkpoint|best-\\d+)\\.safetensors")) {
        SafetensorsFile.open(out.resolve(file)).close();
      } else if (!file.startsWith(".") && file.endsWith(".json")) {
        assertThat(json(out.resolve(file)).isObject()).as(file).isTrue();
      }
    }
  }

  private static void assertFinishes(Path out) {
    TrainingResult result = TrainingProcess.training().resume(data, out, TrainingListener.silent());
    assertThat(result.finished()).isTrue();
    assertThat(RunContents.of(out)).isEqualTo(undisturbed);
  }

  @Test
  @Tag("ci")
  void refusesAFolderThatAnotherProcessWritesTo() throws IOException {
    Path out = temp.resolve("run");
    Path hold = Files.createFile(temp.resolve("hold"));
    try (ChildJvm child = TrainingProcess.startHeld(shared, out, hold)) {
      assertThat(child.await(() -> has(out, "metrics.jsonl"))).as(child.output()).isTrue();
      List<String> before = RunContents.files(out);
      for (boolean resume : new boolean[] {false, true}) {
        assertThatThrownBy(() -> start(out, resume))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("another run is writing to " + out);
      }
      assertThat(RunContents.files(out)).isEqualTo(before);
      assertThat(child.process().isAlive()).isTrue();
      child.kill();
    }
    assertFinishes(out); // its lock has gone with it
  }

  private static TrainingResult start(Path out, boolean resume) {
    Training training = TrainingProcess.training();
    return resume
        ? training.resume(data, out, TrainingListener.silent())
        : training.run(data, out, TrainingListener.silent());
  }

  @Test
  void aFullDiskStopsItAndSpaceLetsItGoOn() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(temp, 1024)) {
      Path out = disk.folder().resolve("run");
      Training training = TrainingProcess.training();
      training.run(data, out, stopAt(training, 5));
      byte[] checkpoint = Files.readAllBytes(out.resolve("checkpoint.safetensors"));

      for (int free : new int[] {0, 4, 8, 12, 16, 24, 40}) {
        Path filler = disk.folder().resolve("filler");
        fill(filler, free);
        try {
          start(out, true);
          assertThat(free).as("KiB left were enough").isGreaterThan(24);
        } catch (UncheckedIOException | InvalidInputException e) {
          assertThat(e).hasMessageContaining("No space left").hasMessageContaining(out.toString());
          assertThat(RunContents.files(out)).noneMatch(file -> file.endsWith(".tmp"));
        }
        Files.delete(filler);
        assertWhole(out);
        if (free == 0) {
          assertThat(Files.readAllBytes(out.resolve("checkpoint.safetensors")))
              .as("the earlier checkpoint")
              .isEqualTo(checkpoint);
        }
      }
      assertFinishes(out);
    }
  }

  @Test
  void aFullDiskIsNamedBeforeTheFirstStep() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(temp, 64)) {
      Path filler = disk.folder().resolve("filler");
      fill(filler, 0);
      Path out = disk.folder().resolve("run");
      assertThatThrownBy(() -> start(out, false))
          .isInstanceOfAny(UncheckedIOException.class, InvalidInputException.class)
          .hasMessageContaining("No space left")
          .hasMessageContaining(out.toString());
      Files.delete(filler);
      assertThat(RunContents.files(disk.folder())).noneMatch(file -> file.endsWith(".tmp"));
    }
  }

  /** Writes a file until no more than so many KiB are free. */
  private static void fill(Path filler, int freeKibibytes) throws IOException {
    byte[] page = new byte[4096];
    try (var out = Files.newOutputStream(filler)) {
      long free = Files.getFileStore(filler).getUsableSpace() / 1024 - freeKibibytes;
      for (long written = 0; written + 4 <= free; written += 4) {
        out.write(page);
      }
    }
  }

  private static TrainingListener stopAt(Training training, int step) {
    return new TrainingListener() {
      @Override
      public void stepped(Step made) {
        if (made.step() == step) {
          training.stop();
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty",
        "short",
        "cut",
        "garbage",
        "tensor missing",
        "one too many",
        "shape",
        "no progress"
      })
  void aBrokenCheckpointIsNamed(String fault) throws IOException {
    Path out = stoppedRun();
    Path checkpoint = out.resolve("checkpoint.safetensors");
    byte[] bytes = Files.readAllBytes(checkpoint);
    switch (fault) {
      case "empty" -> Files.write(checkpoint, new byte[0]);
      case "short" -> Files.write(checkpoint, Arrays.copyOf(bytes, 100));
      case "cut" -> Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length - 1));
      case "garbage" ->
          Files.write(checkpoint, "not a checkpoint".getBytes(StandardCharsets.UTF_8));
      default -> rewrite(checkpoint, fault);
    }
    assertThatThrownBy(() -> start(out, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(checkpoint.toString());
  }

  /** A sound file that is no checkpoint of this run. */
  private static void rewrite(Path checkpoint, String fault) {
    Scope.run(
        () -> {
          Map<String, Tensor> tensors = new TreeMap<>();
          Map<String, String> metadata;
          try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            file.names().forEach(name -> tensors.put(name, file.read(name)));
            metadata = new TreeMap<>(file.metadata());
          }
          switch (fault) {
            case "tensor missing" -> tensors.remove("classifier.bias");
            case "one too many" -> tensors.put("classifier.more", tensors.get("classifier.bias"));
            case "shape" -> tensors.replaceAll((name, tensor) -> tensor.flatten().narrow(0, 0, 1));
            default -> metadata.remove("progress");
          }
          SafetensorsWriter.write(checkpoint, tensors, metadata);
        });
  }

  @Test
  void theBestParametersAreNamedWhenTheyAreMissing() throws IOException {
    Path out = stoppedRun();
    String best =
        RunContents.files(out).stream()
            .filter(file -> file.startsWith("best-"))
            .findFirst()
            .orElseThrow();
    Files.delete(out.resolve(best));
    Training again = TrainingProcess.training();
    again.stop();
    assertThatThrownBy(() -> again.resume(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(out.resolve(best).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"kernels\": {\"linear\": \"ABACUS\"}}",
        "{\"kernels\": 3}"
      })
  void brokenSettingsAreNamed(String settings) throws IOException {
    Path out = stoppedRun();
    Path file = out.resolve("run.json");
    Files.writeString(file, settings, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> start(out, true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(out.toString());
  }

  /** A last line that a power cut left half-written, and lines that no checkpoint knows of. */
  @Test
  void linesThatNoCheckpointKnowsOfAreTakenBack() throws IOException {
    Path out = stoppedRun();
    Path metrics = out.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        Files.readString(metrics) + "{\"epoch\":9,\"step\":99}\n{\"epoch\":9,\"st",
        StandardCharsets.UTF_8);
    assertFinishes(out);
  }

  /** Patience that ended in the evaluation before the kill is not started anew. */
  @Test
  void aRunOutOfPatienceStaysSo() {
    TrainingConfig impatient =
        TrainingProcess.config().toBuilder().learningRate(1e-9).patience(2).build();
    Training first = new Training(TinyModel.bert(), TinyModel.task(), impatient);
    Path out = temp.resolve("run");
    TrainingResult ended = first.run(data, out, TrainingListener.silent());
    RunContents contents = RunContents.of(out);
    TrainingResult again =
        new Training(TinyModel.bert(), TinyModel.task(), impatient)
            .resume(data, out, TrainingListener.silent());
    assertThat(again.finished()).isTrue();
    assertThat(again.steps()).isEqualTo(ended.steps());
    assertThat(RunContents.of(out)).isEqualTo(contents);
  }

  /** Settings that turn out to be wrong do not take the folder. */
  @ParameterizedTest
  @CsvSource({"200,all", "4,top:9"})
  void aRunThatNeverBeganLeavesItsFolderFree(int length, String layers) {
    Path out = temp.resolve("run");
    PTuningV2 method =
        new PTuningV2(
            length,
            new LayerRange(layers),
            Optional.empty(),
            0,
            PositionConvention.SHIFTED,
            NormalInitialisation.NORMAL);
    TrainingConfig wrong = TrainingProcess.config().toBuilder().method(method).build();
    assertThatThrownBy(
            () ->
                new Training(TinyModel.bert(), TinyModel.task(), wrong)
                    .run(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class);
    Training right = TrainingProcess.training();
    right.run(data, out, stopAt(right, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "folder", "binary", "empty", "one label"})
  void anUnreadableTrainingFileIsNamed(String fault) throws IOException {
    Path file = temp.resolve("train.jsonl");
    switch (fault) {
      case "missing" -> assertThat(file).doesNotExist();
      case "folder" -> Files.createDirectory(file);
      case "binary" -> Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0xfe, 1, '\n', 3});
      case "empty" -> Files.createFile(file);
      default ->
          Files.writeString(file, "{\"text\": \"a\", \"label\": \"x\"}\n", StandardCharsets.UTF_8);
    }
    for (TrainingData broken :
        List.of(
            TrainingData.of(file, data.dev().path()), TrainingData.of(data.train().path(), file))) {
      assertThatThrownBy(
              () ->
                  TrainingProcess.training()
                      .run(broken, temp.resolve("run"), TrainingListener.silent()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(file.toString());
    }
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "model.safetensors,empty",
    "model.safetensors,cut",
    "model.safetensors,garbage",
    "model.safetensors,missing",
    "config.json,empty",
    "config.json,cut",
    "config.json,garbage",
    "config.json,missing",
    "tokenizer.json,empty",
    "tokenizer.json,cut",
    "tokenizer.json,garbage"
  })
  void aBrokenFileOfTheModelIsNamed(String name, String fault) throws IOException {
    Path model = copyOfTheModel();
    Path file = model.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    switch (fault) {
      case "missing" -> Files.delete(file);
      case "empty" -> Files.write(file, new byte[0]);
      case "cut" -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      default -> Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    }
    assertModelRefused(model, fault.equals("missing") ? model.toString() : file.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_type              | \"gpt-9\"      | supported are",
        "model_type              | null           | model_type",
        "hidden_size             | \"wide\"       | hidden_size",
        "hidden_size             | -48            | hidden_size",
        "hidden_size             | 52             | 52",
        "hidden_size             | 50             | num_attention_heads",
        "hidden_size             | 2147483644     | 2147483644",
        "num_attention_heads     | 0              | num_attention_heads",
        "num_hidden_layers       | 4              | encoder.layer.3.",
        "num_hidden_layers       | 2              | encoder.layer.2.",
        "num_hidden_layers       | 2000000000     | num_hidden_layers",
        "num_hidden_layers       | 1e99           | num_hidden_layers",
        "vocab_size              | null           | vocab_size",
        "max_position_embeddings | 512            | position_embeddings",
        "hidden_act              | \"gelu-ish\"   | hidden_act",
        "hidden_dropout_prob     | 1.5            | hidden_dropout_prob",
        "hidden_dropout_prob     | \"some\"       | hidden_dropout_prob",
        "is_decoder              | true           | is_decoder",
        "position_embedding_type | \"relative_key\" | position_embedding_type"
      })
  void aWrongConfigurationIsNamed(String field, String value, String expected) throws IOException {
    Path model = copyOfTheModel();
    ObjectNode config = (ObjectNode) json(model.resolve("config.json"));
    config.set(field, JSON.readTree(value));
    Files.write(model.resolve("config.json"), JSON.writeValueAsBytes(config));
    assertModelRefused(model, expected);
  }

  private void assertModelRefused(Path model, String expected) {
    Path out = temp.resolve("run");
    assertThatThrownBy(
            () ->
                new Training(model, TinyModel.task(), TrainingProcess.config())
                    .run(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(model.toString())
        .hasMessageContaining(expected);
    assertThat(out.resolve("run.json")).doesNotExist();
  }

  private Path copyOfTheModel() throws IOException {
    Path copy = Files.createDirectory(temp.resolve("model"));
    try (Stream<Path> files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    return copy;
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a folder has an entry whose name matches a pattern with stars. */
  private static boolean has(Path folder, String pattern) {
    String[] names = folder.toFile().list();
    String regex = pattern.replace(".", "\\.").replace("*", ".*");
    return names != null && Arrays.stream(names).anyMatch(name -> name.matches(regex));
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.count();
    } catch (IOException e) {
      return 0; // It is not there yet.
    }
  }
}
