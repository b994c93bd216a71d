package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.Schedule;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/**
 * A step of several batches is the step of the one large batch, for tasks of every kind: their
 * words, options and examples count alike, whichever batch they are in.
 */
class AccumulationTest {

  private static final int ALL = 1000;
  private static final int EPOCHS = 3;

  /**
   * Biases that shift all candidates, or all positions, alike: their gradient is 0 but for
   * rounding, and Adam makes steps of any size of what is left. (Those of other heads have more
   * values.)
   */
  private static final List<String> LOSS_IS_FLAT = List.of("classifier.bias", "qa_outputs.bias");

  @TempDir Path temp;

  private record Run(Task<?> task, String file, PromptMethod method) {

    static Run headOnly(String task, String file) {
      return new Run(Tasks.standard().get(task), file, new HeadOnly());
    }
  }

  @TestFactory
  List<DynamicTest> accumulatedStepsAreThatOfTheLargeBatch() {
    LabelledTask<?> rte = (LabelledTask<?>) Tasks.standard().get("rte");
    Cloze cloze =
        new Cloze(
            ClozeTemplate.parse("{text_a} {soft:2} {mask} {text_b}"),
            Map.of("entailment", List.of("the"), "not_entailment", List.of("an")));
    Map<String, Run> runs =
        Map.of(
            "sequence", Run.headOnly("cb", "cb.jsonl"),
            "choice", Run.headOnly("copa", "copa.jsonl"),
            "options of their own", Run.headOnly("multirc", "multirc.jsonl"),
            "token", Run.headOnly("conll03", "ner.conll"),
            "span", Run.headOnly("squad2", "squad.json"),
            "verbalizer",
                new Run(
                    ClozeTask.of(rte, cloze),
                    "rte.jsonl",
                    new PromptTuning(2, SoftTokenInitialisation.uniform())));
    return runs.entrySet().stream()
        .map(
            run -> DynamicTest.dynamicTest(run.getKey(), () -> check(run.getKey(), run.getValue())))
        .toList();
  }

  private void check(String name, Run run) throws IOException {
    Path file = example(run.file());
    Path whole = temp.resolve(name + " whole");
    train(run, file, whole, ALL, 1);
    for (int batch : new int[] {1, 2, 3}) {
      Path parts = temp.resolve(name + " in parts of " + batch);
      train(run, file, parts, batch, ALL);
      compare(whole, parts);
    }
  }

  /**
   * The large batch's parts may come from one file in which sentences are of one word and of 25.
   */
  @Test
  void aLongSentenceCountsByItsWords() throws IOException {
    Path file = temp.resolve("uneven.conll");
    String sentence = "Ada B-PER\nMoor I-PER\nlives O\nin O\nTarn B-LOC\n";
    Files.writeString(
        file,
        ("Tarn B-LOC\n\nAda B-PER\n\n" + sentence.repeat(5) + "\nnothing O\nat O\nall O\n"),
        StandardCharsets.UTF_8);
    Run run = new Run(Tasks.standard().get("conll03"), "", new HeadOnly());
    train(run, file, temp.resolve("a"), 4, 1);
    train(run, file, temp.resolve("b"), 2, 2);
    compare(temp.resolve("a"), temp.resolve("b"));
  }

  /**
   * Three batches of one sentence, two to a step: the last step has one batch and counts it as one.
   * As all sentences are the same, steps lose what they would lose with one sentence each.
   */
  @Test
  void aRemainderIsNeitherDroppedNorDividedByTooMuch() throws IOException {
    Path file = temp.resolve("same.conll");
    Files.writeString(
        file, "Ada B-PER\nlives O\nin O\nTarn B-LOC\n\n".repeat(3), StandardCharsets.UTF_8);
    Run run = new Run(Tasks.standard().get("conll03"), "", new HeadOnly());
    List<Double> single = new ArrayList<>();
    List<Double> paired = new ArrayList<>();
    train(run, file, temp.resolve("single"), 1, 1, losses(single));
    train(run, file, temp.resolve("paired"), 1, 2, losses(paired));
    assertThat(paired).hasSize(2 * EPOCHS);
    for (int step = 0; step < paired.size(); step++) {
      assertThat(paired.get(step)).isCloseTo(single.get(step), within(1e-6));
    }
    double first = lines(temp.resolve("paired")).get(0).get("train_loss").asDouble();
    assertThat(first).isCloseTo((2 * single.get(0) + single.get(1)) / 3, within(1e-6));
  }

  private static TrainingListener losses(List<Double> losses) {
    return new TrainingListener() {
      @Override
      public void stepped(Step step) {
        losses.add(step.loss());
      }
    };
  }

  private static void train(Run run, Path file, Path out, int batch, int accumulation) {
    train(run, file, out, batch, accumulation, TrainingListener.silent());
  }

  private static void train(
      Run run, Path file, Path out, int batch, int accumulation, TrainingListener listener) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(run.method())
            .epochs(EPOCHS)
            .batching(new FixedBatches(batch))
            .accumulation(accumulation)
            .schedule(new Schedule(Schedule.Shape.CONSTANT, 0, 1))
            .dropout(Optional.of(0.0))
            .maxLength(100)
            .learningRate(1e-2)
            .precision(Precision.FP32)
            .build();
    new Training(TinyModel.bert(), run.task(), config)
        .run(TrainingData.of(file, file), out, listener);
  }

  private static void compare(Path whole, Path parts) throws IOException {
    List<JsonNode> expected = lines(whole);
    List<JsonNode> found = lines(parts);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      for (String loss : List.of("train_loss", "dev_loss")) {
        assertThat(found.get(i).get(loss).asDouble())
            .as(loss)
            .isCloseTo(expected.get(i).get(loss).asDouble(), within(1e-6));
      }
    }
    Map<String, List<Float>> tensors = RunContents.of(whole).tensors();
    Map<String, List<Float>> others = RunContents.of(parts).tensors();
    assertThat(others.keySet()).isEqualTo(tensors.keySet());
    tensors.forEach(
        (name, values) -> {
          if (LOSS_IS_FLAT.stream().anyMatch(name::endsWith) && values.size() <= 2) {
            return;
          }
          for (int i = 0; i < values.size(); i++) {
            assertThat(others.get(name).get(i)).as(name).isCloseTo(values.get(i), within(1e-6f));
          }
        });
  }

  private static List<JsonNode> lines(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"), StandardCharsets.UTF_8)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  private static Path example(String file) {
    try {
      return Path.of(Tasks.class.getResource("/org/ptuning4j/examples/" + file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
