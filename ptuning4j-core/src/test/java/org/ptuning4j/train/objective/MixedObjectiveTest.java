package org.ptuning4j.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.Loss;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.config.Regularisation;

/**
 * Gradients of a step over several tasks: those of the large batch, however the rows were cut. One
 * task has a term for each word, one for each example, one for each option.
 */
class MixedObjectiveTest {

  private static final TextTokenizer TOKENIZER = TextTokenizer.open(TinyModel.bert());

  private static Backbone backbone;
  private static PromptModule prompt;
  private static List<TaskObjective<?>> parts;
  private static MixedObjective mixed;

  @BeforeAll
  static void open() {
    backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference());
    prompt =
        PTuningV2.asPublished(3)
            .create(
                new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(7), null));
    parts =
        List.of(
            objective("conll03", "ner.conll"),
            objective("cb", "cb.jsonl"),
            objective("copa", "copa.jsonl"));
    mixed = new MixedObjective(List.of("words", "labels", "choices"), parts, 1);
  }

  private static TaskObjective<?> objective(String task, String file) {
    try {
      Path path = Path.of(Tasks.class.getResource("/org/ptuning4j/examples/" + file).toURI());
      return objective(Tasks.standard().get(task), path);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <E extends Example> TaskObjective<E> objective(Task<E> task, Path file) {
    Examples<E> read = task.read(file);
    PreparedTask<E> prepared = task.prepare(Preparation.of(read, TOKENIZER, false));
    EncodedExamples<E> encoded =
        EncodedExamples.of(
            prepared,
            read.examples(),
            new ItemEncoder(TOKENIZER, 64),
            new KnownTokens(TOKENIZER, TOKENIZER.vocabularySize()),
            0);
    HeadOptions options = new HeadOptions(backbone.spec(), Optional.empty(), 0);
    return new TaskObjective<>(
        prepared,
        prepared.head(options).create(backbone, RandomStream.of(3)),
        encoded,
        encoded,
        Overlap.between(task, read, read),
        List.of(),
        TOKENIZER.padId(),
        false,
        Regularisation.NONE,
        Optional.empty());
  }

  @AfterAll
  static void close() {
    mixed.close();
    prompt.close();
    backbone.close();
    TOKENIZER.close();
  }

  private static PromptedBackbone pass() {
    return new PromptedBackbone(backbone, prompt, Dropout.off(), DropoutRates.NONE);
  }

  private static List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(prompt.parameters());
    all.addAll(mixed.parameters());
    return all;
  }

  /** The gradients of a sum of losses, each with its factor, by parameter. */
  private static Map<String, float[]> gradients(List<int[]> batches, double[] factors) {
    Scope.run(
        () ->
            parameters().stream()
                .map(parameter -> parameter.tensor().mutable_grad())
                .filter(Tensor::defined)
                .forEach(Tensor::reset));
    for (int i = 0; i < factors.length; i++) {
      int[] batch = batches.get(i);
      double factor = factors[i];
      Scope.run(
          () -> {
            Tensor share = mixed.loss(pass(), batch).sum().mul(new Scalar(factor));
            share.backward();
          });
    }
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (Parameter parameter : parameters()) {
      Scope.run(
          () -> {
            Tensor gradient = parameter.tensor().grad();
            gradients.put(
                parameter.name(), gradient.defined() ? Tensors.floats(gradient) : new float[0]);
          });
    }
    return gradients;
  }

  /** The first rows of each task, as the mixed objective counts them. */
  private static List<int[]> wholeTasks() {
    List<int[]> whole = new ArrayList<>();
    int start = 0;
    for (TaskObjective<?> part : parts) {
      int rows = part.lengths().length;
      whole.add(IntStream.range(start, start + Math.min(rows, 5)).toArray());
      start += rows;
    }
    return whole;
  }

  /** The definition: the mean loss of each task, weighed by its share of the rows. */
  private static double[] definition(List<int[]> whole) {
    double rows = whole.stream().mapToInt(batch -> batch.length).sum();
    return whole.stream()
        .mapToDouble(
            batch -> {
              long[] terms = new long[1];
              Scope.run(
                  () -> {
                    Loss loss = mixed.loss(pass(), batch);
                    terms[0] = loss.count();
                  });
              return batch.length / rows / terms[0];
            })
        .toArray();
  }

  @Test
  void unequalBatchesOfSeveralTasksAddUpToTheLargeBatch() {
    List<int[]> whole = wholeTasks();
    Map<String, float[]> expected = gradients(whole, definition(whole));
    expected.forEach((name, values) -> assertThat(values).as("gradient of %s", name).isNotEmpty());
    assertThat(largest(expected)).isGreaterThan(1e-3f);
    for (int[] sizes : List.of(new int[] {1}, new int[] {2}, new int[] {3, 1}, new int[] {1, 4})) {
      List<int[]> cut = interleaved(whole, sizes);
      BatchWeights weights = mixed.weights(cut);
      Map<String, float[]> found = gradients(cut, weights.factors());
      expected.forEach(
          (name, values) -> {
            for (int i = 0; i < values.length; i++) {
              assertThat(found.get(name)[i])
                  .as("%s[%d] with batches of %s", name, i, Arrays.toString(sizes))
                  .isCloseTo(values[i], within(1e-6f));
            }
          });
    }
  }

  /** What others do, and what this test would find: the mean of the batches' means. */
  @Test
  void theMeanOfMeansIsAnotherGradient() {
    List<int[]> whole = wholeTasks();
    Map<String, float[]> expected = gradients(whole, definition(whole));
    List<int[]> cut = interleaved(whole, new int[] {1, 4});
    double[] means = new double[cut.size()];
    for (int i = 0; i < means.length; i++) {
      int[] batch = cut.get(i);
      int at = i;
      Scope.run(() -> means[at] = 1.0 / cut.size() / mixed.loss(pass(), batch).count());
    }
    Map<String, float[]> found = gradients(cut, means);
    double difference = 0;
    for (Map.Entry<String, float[]> each : expected.entrySet()) {
      for (int i = 0; i < each.getValue().length; i++) {
        difference =
            Math.max(difference, Math.abs(each.getValue()[i] - found.get(each.getKey())[i]));
      }
    }
    assertThat(difference).isGreaterThan(1e-4);
  }

  private static float largest(Map<String, float[]> gradients) {
    float largest = 0;
    for (float[] values : gradients.values()) {
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  /** Batches of these sizes in turn, the tasks' one after the other. */
  private static List<int[]> interleaved(List<int[]> whole, int[] sizes) {
    List<List<int[]>> byTask = new ArrayList<>();
    for (int[] rows : whole) {
      List<int[]> batches = new ArrayList<>();
      int from = 0;
      for (int i = 0; from < rows.length; i++) {
        int to = Math.min(rows.length, from + sizes[i % sizes.length]);
        batches.add(Arrays.copyOfRange(rows, from, to));
        from = to;
      }
      byTask.add(batches);
    }
    List<int[]> all = new ArrayList<>();
    for (int i = 0; byTask.stream().anyMatch(batches -> !batches.isEmpty()); i++) {
      List<int[]> next = byTask.get(i % byTask.size());
      if (!next.isEmpty()) {
        all.add(next.remove(0));
      }
    }
    return all;
  }
}
