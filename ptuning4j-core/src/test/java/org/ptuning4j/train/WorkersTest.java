package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.exchange.Threads;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Several workers make the steps that one makes. */
class WorkersTest {

  @TempDir Path temp;

  private static TrainingConfigBuilder config(PromptMethod method) {
    return TrainingConfig.builder()
        .method(method)
        .epochs(4)
        .batching(new FixedBatches(8))
        .learningRate(5e-3)
        .dropout(Optional.of(0.0))
        .precision(Precision.FP32);
  }

  private static PTuningV2 prompt(int length, double dropout) {
    PTuningV2 usual = PTuningV2.asPublished(length);
    return new PTuningV2(
        length,
        usual.layers(),
        usual.projection(),
        dropout,
        usual.positions(),
        usual.initialisation(),
        usual.attention());
  }

  private TrainingData data() {
    return TrainingData.of(
        TinyModel.data(temp.resolve("train.jsonl"), 37, 1),
        TinyModel.data(temp.resolve("dev.jsonl"), 23, 2));
  }

  private Path alone(Task<?> task, TrainingConfig config, TrainingData data, String name) {
    Path out = temp.resolve(name);
    new Training(TinyModel.bert(), task, config).run(data, out, TrainingListener.silent());
    return out;
  }

  /** The first worker's folder. */
  private Path together(
      int workers, Task<?> task, TrainingConfig config, TrainingData data, String name) {
    Threads.run(
        workers,
        exchange ->
            new Training(TinyModel.bert(), task, config)
                .within(exchange)
                .run(data, out(name, exchange), TrainingListener.silent()));
    return temp.resolve(name + 0);
  }

  private Path out(String name, GradientExchange exchange) {
    return temp.resolve(name + exchange.rank());
  }

  /** 37 rows: the last step of an epoch has 5, which three workers share unevenly. */
  @ParameterizedTest
  @CsvSource({"2", "3", "7"})
  void theStepsAreThoseOfOne(int workers) throws IOException {
    TrainingConfig config = config(prompt(4, 0)).build();
    Path one = alone(TinyModel.task(), config, data(), "one");
    Path many = together(workers, TinyModel.task(), config, data(), "many");
    requireClose(one, many, 1e-6f);
  }

  /** Words of sentences: how many terms each worker's loss has differs from step to step. */
  @Test
  void wordsCountAlikeWhereverTheyAre() throws Exception {
    Path file = example("ner.conll");
    TrainingData data = TrainingData.of(file, file);
    Task<?> task = Tasks.standard().get("conll03");
    TrainingConfig config = config(new HeadOnly()).batching(new FixedBatches(2)).build();
    requireClose(alone(task, config, data, "one"), together(2, task, config, data, "many"), 1e-6f);
  }

  /** More workers than rows in a step: some have nothing to add. */
  @Test
  void aWorkerMayHaveNoRow() throws IOException {
    TrainingConfig config = config(prompt(2, 0)).epochs(1).batching(new FixedBatches(2)).build();
    TrainingData data =
        TrainingData.of(
            TinyModel.data(temp.resolve("train.jsonl"), 9, 1),
            TinyModel.data(temp.resolve("dev.jsonl"), 3, 2));
    requireClose(
        alone(TinyModel.task(), config, data, "one"),
        together(3, TinyModel.task(), config, data, "many"),
        1e-6f);
  }

  @Test
  void twoRunsAreEqualToTheBitWithDropoutToo() {
    TrainingConfig config = config(prompt(4, 0.1)).dropout(Optional.of(0.1)).build();
    Path first = together(2, TinyModel.task(), config, data(), "first");
    Path second = together(2, TinyModel.task(), config, data(), "second");
    assertThat(RunContents.of(second).tensors()).isEqualTo(RunContents.of(first).tensors());
    assertThat(RunContents.of(second).metrics()).isEqualTo(RunContents.of(first).metrics());
  }

  /** One worker asks for the end; all end after the same step, and go on from it. */
  @Test
  void aStoppedRunGoesOnAsIfItHadNotStopped() {
    TrainingConfig config = config(prompt(4, 0.1)).dropout(Optional.of(0.1)).build();
    TrainingData data = data();
    Path whole = together(2, TinyModel.task(), config, data, "whole");
    List<TrainingResult> stopped =
        Threads.run(
            2,
            exchange -> {
              Training training =
                  new Training(TinyModel.bert(), TinyModel.task(), config).within(exchange);
              return training.run(
                  data, out("parts", exchange), stopping(training, exchange.rank() == 1));
            });
    assertThat(stopped).allMatch(result -> !result.finished());
    assertThat(stopped.get(0).steps()).isEqualTo(stopped.get(1).steps()).isBetween(7, 9);
    Threads.run(
        2,
        exchange ->
            new Training(TinyModel.bert(), TinyModel.task(), config)
                .within(exchange)
                .resume(data, out("parts", exchange), TrainingListener.silent()));
    Path parts = temp.resolve("parts0");
    assertThat(RunContents.of(parts).tensors()).isEqualTo(RunContents.of(whole).tensors());
    assertThat(RunContents.of(parts).metrics()).isEqualTo(RunContents.of(whole).metrics());
  }

  private static TrainingListener stopping(Training training, boolean stops) {
    AtomicInteger steps = new AtomicInteger();
    return new TrainingListener() {
      @Override
      public void stepped(Step step) {
        if (steps.incrementAndGet() == 7 && stops) {
          training.stop();
        }
      }
    };
  }

  @Test
  void aLossThatIsNotFiniteEndsAllWorkers() {
    TrainingConfig config = config(prompt(4, 0)).learningRate(1e30).clip(0).build();
    TrainingData data = data();
    List<String> messages =
        Threads.run(
            2,
            exchange -> {
              try {
                new Training(TinyModel.bert(), TinyModel.task(), config)
                    .within(exchange)
                    .run(data, out("broken", exchange), TrainingListener.silent());
                return "finished";
              } catch (InvalidInputException e) {
                return e.getMessage();
              }
            });
    assertThat(messages.get(0)).contains("training cannot go on").isEqualTo(messages.get(1));
  }

  @Test
  void onlyTheFirstWorkerHasThePack() {
    Path first =
        together(2, TinyModel.task(), config(prompt(2, 0)).epochs(1).build(), data(), "run");
    assertThat(first.resolve("pack/prompt.json")).exists();
    assertThat(temp.resolve("run1/pack")).doesNotExist();
    assertThatThrownBy(() -> RunContents.of(temp.resolve("run1"))).isInstanceOf(Exception.class);
  }

  private static void requireClose(Path one, Path many, float tolerance) throws IOException {
    Map<String, List<Float>> tensors = RunContents.of(one).tensors();
    Map<String, List<Float>> others = RunContents.of(many).tensors();
    assertThat(others.keySet()).isEqualTo(tensors.keySet());
    tensors.forEach(
        (name, values) -> {
          for (int i = 0; i < values.size(); i++) {
            assertThat(others.get(name).get(i))
                .as(name)
                .isCloseTo(values.get(i), within(tolerance));
          }
        });
    List<JsonNode> lines = lines(one);
    List<JsonNode> otherLines = lines(many);
    assertThat(otherLines).hasSameSizeAs(lines);
    for (int i = 0; i < lines.size(); i++) {
      for (String figure : List.of("dev_loss", "train_loss")) {
        assertThat(otherLines.get(i).get(figure).asDouble())
            .isCloseTo(lines.get(i).get(figure).asDouble(), within(1e-6));
      }
      assertThat(otherLines.get(i).get("metrics")).isEqualTo(lines.get(i).get("metrics"));
    }
  }

  private static List<JsonNode> lines(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  private static Path example(String file) throws URISyntaxException {
    return Path.of(Tasks.class.getResource("/org/ptuning4j/examples/" + file).toURI());
  }
}
