package org.ptuning4j.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.PrefixMass;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.head.Item;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.report.RunFindings.Neighbour;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/** Looks at what trained prompts do in a model. */
public final class PromptInsight implements AutoCloseable {

  /** The rows whose attention is averaged. */
  private static final int ROWS = 32;

  private static final int NEIGHBOURS = 5;

  /** What soft tokens are called among layers. */
  private static final int INPUT = -1;

  private final ModelFolder folder;
  private final Backbone backbone;
  private final TextTokenizer tokenizer;

  private PromptInsight(ModelFolder folder, Backbone backbone, TextTokenizer tokenizer) {
    this.folder = folder;
    this.backbone = backbone;
    this.tokenizer = tokenizer;
  }

  /** Loads a model. */
  public static PromptInsight open(Path model, Precision precision) {
    ModelFolder folder = ModelFolder.open(model);
    TextTokenizer tokenizer = TextTokenizer.open(model);
    try {
      Engine engine = Engine.open(precision).forInference();
      return new PromptInsight(
          folder, BackboneFamilies.installed().load(folder, engine), tokenizer);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * What a prompt does.
   *
   * @param attention the prompt's mean part in what each layer's heads give ({@link PrefixMass}), 0
   *     to 1, by the layer from 1; empty where the prompt is not in the layers
   * @param nearest the words nearest to each soft token; empty where there are none
   */
  public record Insight(Map<Integer, double[]> attention, List<List<Neighbour>> nearest) {

    /** Of a pack without a prompt, or whose prompt was not looked at. */
    public static final Insight NONE = new Insight(Map.of(), List.of());
  }

  /**
   * Looks at a pack's prompt.
   *
   * @param data rows whose attention is looked at, of the pack's task; without them it is not
   */
  public Insight of(Path pack, Optional<InputFile> data) {
    Pack opened = Pack.open(pack);
    if (opened.isEnsemble() || opened.weights().isPresent()) {
      return Insight.NONE;
    }
    return with(opened, prompt -> insight(opened, prompt, data)).orElse(Insight.NONE);
  }

  private Insight insight(Pack pack, TrainedPrompt prompt, Optional<InputFile> data) {
    boolean inLayers = !Scope.run(prompt::layerVectors).isEmpty();
    return new Insight(
        inLayers && data.isPresent()
            ? attention(pack, pack.task(tokenizer), prompt, data.get())
            : Map.of(),
        prompt.inputVectors().map(this::nearest).orElse(List.of()));
  }

  private <T> Optional<T> with(Pack pack, Function<TrainedPrompt, T> use) {
    pack.requireBackbone(backbone, folder.name());
    Optional<TrainedPrompt> prompt = pack.prompt(backbone);
    try {
      return prompt.map(use);
    } finally {
      prompt.ifPresent(TrainedPrompt::close);
    }
  }

  private <E extends Example> Map<Integer, double[]> attention(
      Pack pack, PreparedTask<E> task, TrainedPrompt prompt, InputFile data) {
    List<E> examples = task.read(data).examples();
    ItemEncoder encoder = new ItemEncoder(tokenizer, pack.maxLength(), backbone.spec().direction());
    PrefixMass mass = new PrefixMass();
    for (E example : examples.subList(0, Math.min(ROWS, examples.size()))) {
      for (Item item : task.items(example, encoder)) {
        // One by one: there is no padding whose attention would count.
        item.rows().forEach(row -> pass(row, prompt, mass));
      }
    }
    return mass.means();
  }

  private void pass(TokenRow row, TrainedPrompt prompt, PrefixMass mass) {
    Autograd.inference(
        () -> {
          Scope.run(
              () -> {
                mass.begin();
                TokenBatch tokens = TokenBatch.of(List.of(row), tokenizer.padId());
                backbone.forward(
                    tokens,
                    new MixedPrompts(backbone.spec(), backbone.engine())
                        .inject(tokens, List.of(Optional.of(prompt))),
                    ForwardOptions.evaluation(Positions.ALL).measuring(mass));
              });
          return null;
        });
  }

  /** The words with the highest cosine to each vector. */
  private List<List<Neighbour>> nearest(Tensor vectors) {
    int[] ids = IntStream.range(0, backbone.spec().vocabulary()).toArray();
    return Scope.run(
        () -> {
          Tensor words = backbone.wordVectors(ids).to(torch.ScalarType.Float);
          float[] cosines = Tensors.floats(cosines(vectors.to(torch.ScalarType.Float), words));
          List<List<Neighbour>> all = new ArrayList<>();
          for (int token = 0; token < cosines.length / ids.length; token++) {
            all.add(highest(cosines, token * ids.length, ids.length));
          }
          return all;
        });
  }

  /** {@code [P, E], [V, E] → [P, V]}. */
  private static Tensor cosines(Tensor one, Tensor other) {
    return torch.matmul(unit(one), unit(other).t());
  }

  private static Tensor unit(Tensor rows) {
    return rows.div(
        rows.norm(
                new org.bytedeco.pytorch.ScalarOptional(new org.bytedeco.pytorch.Scalar(2)),
                new long[] {1},
                true)
            .clamp_min(new org.bytedeco.pytorch.Scalar(1e-12)));
  }

  private List<Neighbour> highest(float[] cosines, int from, int count) {
    return IntStream.range(0, Math.min(count, tokenizer.vocabularySize()))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -cosines[from + i]))
        .limit(NEIGHBOURS)
        .map(i -> new Neighbour(tokenizer.token(i), cosines[from + i]))
        .toList();
  }

  /**
   * How alike the prompts of packs are, from -1 to 1: in each layer that two have in common the
   * cosine of their mean keys and values, on average. Empty where two have no layer in common, or
   * are of different kinds. A pack whose prompt is like another's is a likely start for its task.
   */
  public Map<String, Map<String, Optional<Double>>> similarities(Map<String, Path> packs) {
    Map<String, Map<Integer, float[]>> means = new LinkedHashMap<>();
    packs.forEach(
        (name, folderOf) -> {
          Pack opened = Pack.open(folderOf);
          means.put(
              name,
              opened.isEnsemble() || opened.weights().isPresent()
                  ? Map.of()
                  : with(opened, PromptInsight::means).orElse(Map.of()));
        });
    Map<String, Map<String, Optional<Double>>> all = new LinkedHashMap<>();
    means.forEach(
        (name, own) -> {
          Map<String, Optional<Double>> row = new LinkedHashMap<>();
          means.forEach((other, its) -> row.put(other, similarity(own, its)));
          all.put(name, row);
        });
    return all;
  }

  private static float[] mean(Tensor rows) {
    return Tensors.floats(rows.to(torch.ScalarType.Float).mean(0));
  }

  /** The mean of a prompt's rows in each layer, and at the {@link #INPUT}. */
  private static Map<Integer, float[]> means(TrainedPrompt prompt) {
    Map<Integer, float[]> means = new TreeMap<>();
    Scope.run(
        () -> {
          prompt.layerVectors().forEach((layer, rows) -> means.put(layer, mean(rows)));
          prompt.inputVectors().ifPresent(rows -> means.put(INPUT, mean(rows)));
        });
    return means;
  }

  /** The mean cosine over common layers. */
  static Optional<Double> similarity(Map<Integer, float[]> one, Map<Integer, float[]> other) {
    double sum = 0;
    int layers = 0;
    for (Map.Entry<Integer, float[]> layer : one.entrySet()) {
      float[] its = other.get(layer.getKey());
      if (its != null && its.length == layer.getValue().length) {
        sum += cosine(layer.getValue(), its);
        layers++;
      }
    }
    return layers == 0 ? Optional.empty() : Optional.of(sum / layers);
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      first += (double) one[i] * one[i];
      second += (double) other[i] * other[i];
    }
    double norms = Math.sqrt(first) * Math.sqrt(second);
    return norms == 0 ? 0 : product / norms;
  }

  @Override
  public void close() {
    backbone.close();
    tokenizer.close();
  }
}
