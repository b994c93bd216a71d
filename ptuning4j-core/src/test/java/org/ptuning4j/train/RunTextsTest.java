package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.PromptTexts.LabelledText;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.run.TrainingListener;

/** Prompts that start from texts of a run: of what tasks give, and exactly what models compute. */
class RunTextsTest {

  private static final String SENTIMENT =
      """
      sentence\tlabel
      a dull film\t0
      a warm and funny film\t1
      it is a mess\t0
      what a joy\t1
      """;

  static final String ENTITIES =
      """
      He O
      met O
      Ada B-PER
      Lovelace I-PER

      Rome B-LOC
      fell O
      """;

  @TempDir private Path folder;

  private final List<String> remarks = new ArrayList<>();

  static Stream<TinyFamily> families() {
    return TinyFamily.all().stream();
  }

  static Stream<TinyFamily> decodersWithoutWindows() {
    return families()
        .filter(family -> family.direction() == Direction.CAUSAL)
        .filter(family -> !family.configuration().contains("sliding_window"));
  }

  private void with(TinyFamily family, BiConsumer<PromptContext, Backbone> test) {
    with(family, Engine.reference(), List.of(sentiment()), test);
  }

  private void with(
      TinyFamily family,
      Engine engine,
      List<TaskData> tasks,
      BiConsumer<PromptContext, Backbone> test) {
    ModelFolder model = family.write(folder);
    try (Backbone backbone = BackboneFamilies.standard().load(model, engine);
        TextTokenizer tokenizer = TextTokenizer.open(model.path())) {
      ItemEncoder encoder = new ItemEncoder(tokenizer, 32, backbone.spec().direction());
      KnownTokens known = new KnownTokens(tokenizer, backbone.spec().vocabulary());
      List<EncodedTask<?>> encoded = new ArrayList<>();
      for (TaskData each : tasks) {
        encoded.add(
            EncodedTask.read(
                    each.name(),
                    each.task(),
                    each.data(),
                    new RowSelection(0, Optional.empty()),
                    tokenizer,
                    backbone.spec().direction(),
                    0)
                .encode(encoder, known, 0));
      }
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void noted(String remark) {
              remarks.add(remark);
            }
          };
      PreparedRun run =
          new PreparedRun(
              TrainingConfig.builder().method(PTuningV2.asPublished(4)).build(),
              TrainingConfig.builder().method(PTuningV2.asPublished(4)).build(),
              null,
              model,
              backbone,
              tokenizer,
              encoded,
              Map.of(),
              GradientExchange.alone());
      Scope.run(
          () ->
              test.accept(
                  new PromptContext(
                      backbone.spec(),
                      engine,
                      RandomStream.of(1),
                      new ModelVocabulary(tokenizer, backbone),
                      new RunTexts(run, listener)),
                  backbone));
    }
  }

  private TaskData data(String name, Task<?> task, String rows) {
    try {
      Path file = Files.writeString(folder.resolve(name + ".txt"), rows);
      return new TaskData(name, task, TrainingData.of(file, file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private TaskData sentiment() {
    return data("sst2", Tasks.standard().get("sst2"), SENTIMENT);
  }

  private static PTuningV2 method(String init, int length) {
    return PTuningV2.asPublished(length).with(new DeepInitialisation(init));
  }

  /** Before any step, the prompt is to a causal decoder what the text itself is. */
  @ParameterizedTest
  @MethodSource("decodersWithoutWindows")
  void aDecoderReadsARowAsIfTheTextPrecededIt(TinyFamily family) {
    with(
        family,
        (context, backbone) -> {
          int[] text = framed(context, "a warm and funny film");
          int[] row = {12, 250, 33, 8};
          try (PromptModule prompt =
              method("text:a warm and funny film", text.length).create(context)) {
            TokenBatch batch = batch(row);
            Tensor prompted = states(backbone, batch, prompt.inject(batch, Dropout.off()));
            Tensor whole = states(backbone, batch(joined(text, row)), Injection.none());
            assertClose("row", prompted, whole.narrow(1, text.length, row.length), 1e-5, 0);
          }
        });
  }

  /** In every family the prompt is what each layer computes for the text alone. */
  @ParameterizedTest
  @MethodSource("families")
  void keysAndValuesAreThoseOfTheText(TinyFamily family) {
    with(
        family,
        (context, backbone) -> {
          int[] text = framed(context, "it is a mess");
          ForwardOptions options =
              ForwardOptions.evaluation(Positions.ALL).with(KeysAndValues.TEXT);
          Map<Integer, LayerPrefix> expected =
              backbone
                  .forward(
                      TokenBatch.of(List.of(family.direction().throughout(text)), 0),
                      Injection.none(),
                      options)
                  .past();
          try (PromptModule prompt = method("text:it is a mess", text.length).create(context)) {
            Injection injection = prompt.inject(batch(new int[] {7}), Dropout.off());
            for (int layer = 0; layer < backbone.spec().layers(); layer++) {
              LayerPrefix found = injection.prefix(layer).orElseThrow();
              assertClose("key", found.key(), expected.get(layer).key(), 1e-6, 0);
              assertClose("value", found.value(), expected.get(layer).value(), 1e-6, 0);
            }
            DeepPrompt flat = (DeepPrompt) prompt.flatten().orElseThrow();
            assertClose("flat", flat.part(1, 0), expected.get(1).key().select(0, 0), 1e-6, 0);
            flat.close();
          }
        });
  }

  @Test
  void inBf16TheyAreThoseOfTheModelAsItComputes() {
    Engine bf16 = Engine.open(Precision.BF16);
    with(
        new TinyFamily("bert"),
        bf16,
        List.of(sentiment()),
        (context, backbone) -> {
          int[] text = framed(context, "it is a mess");
          ForwardOptions options =
              ForwardOptions.evaluation(Positions.ALL).with(KeysAndValues.TEXT);
          Tensor expected =
              backbone.forward(batch(text), Injection.none(), options).past().get(1).key();
          try (PromptModule prompt = method("text:it is a mess", text.length).create(context)) {
            Injection injection = prompt.inject(batch(new int[] {7}), Dropout.off());
            Tensor key = injection.prefix(1).orElseThrow().key();
            assertThat(key.equal(expected)).isTrue();
          }
        });
  }

  /** As the task calls its labels, and the first row of each. */
  @Test
  void labelsAndExamplesOfALabelledTask() {
    with(
        new TinyFamily("bert"),
        (context, backbone) -> {
          assertThat(context.texts().labels()).containsExactly("negative", "positive");
          assertThat(context.texts().examples())
              .containsExactly(
                  new LabelledText("a dull film", "negative"),
                  new LabelledText("a warm and funny film", "positive"));
        });
  }

  @Test
  void severalTasksGiveTheLabelsOfAll() {
    Task<?> entities = Tasks.standard().get("conll03");
    with(
        new TinyFamily("bert"),
        Engine.reference(),
        List.of(sentiment(), data("tags", entities, ENTITIES)),
        (context, backbone) -> {
          assertThat(context.texts().labels())
              .startsWith("negative", "positive")
              .contains("PER", "LOC")
              .doesNotHaveDuplicates();
          assertThat(context.texts().examples())
              .contains(
                  new LabelledText("a dull film", "negative"),
                  new LabelledText("He met Ada Lovelace", "PER"),
                  new LabelledText("Rome fell", "LOC"));
        });
  }

  /** A cloze says its labels by the words that fill the gap. */
  @Test
  void aClozeHasItsWords() {
    Task<?> cloze = ClozeTask.of(Tasks.standard().get("sst2").labelled().orElseThrow());
    with(
        new TinyFamily("bert"),
        Engine.reference(),
        List.of(data("cloze", cloze, SENTIMENT)),
        (context, backbone) ->
            assertThat(context.texts().labels()).containsExactly("terrible", "great"));
  }

  @Test
  void aTaskWithoutLabels() {
    TaskData regression =
        data(
            "closeness",
            RegressionTask.of(
                new Fields("task", Map.of("name", "closeness", "text", "{sentence}"))),
            SENTIMENT);
    with(
        new TinyFamily("bert"),
        Engine.reference(),
        List.of(regression),
        (context, backbone) -> {
          for (String init : List.of("labels", "examples")) {
            assertThatThrownBy(() -> method(init, 8).create(context))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("init: ")
                .hasMessageContaining("task 'closeness'")
                .hasMessageContaining("text:WORDS");
          }
          method("model-normal", 8).create(context).close(); // needs rows, not labels
        });
  }

  @Test
  void aShortTextIsSaidToBeRepeated() {
    with(
        new TinyFamily("bert"),
        (context, backbone) -> {
          method("labels", 20).create(context).close();
          assertThat(remarks).hasSize(1);
          assertThat(remarks.get(0)).contains("repeated to fill the 18 of the prompt");
        });
  }

  private static int[] framed(PromptContext context, String text) {
    return joined(
        joined(context.texts().before(), context.words().ids(text)), context.texts().after());
  }

  private static int[] joined(int[] one, int[] other) {
    return IntStream.concat(Arrays.stream(one), Arrays.stream(other)).toArray();
  }

  private static Tensor states(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static TokenBatch batch(int[] text) {
    return TokenBatch.of(List.of(text), List.of(new int[text.length]), 0);
  }
}
