package org.example.extending;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Your own method: a deep prompt that all layers share, so 2·K·d·P values and no more. */
record TiedPrefix(int length, double spread) implements PromptMethod {

  /** A setting that other methods have, too. */
  static final Setting<Integer> LENGTH = MethodSettings.LENGTH;

  /** A setting of its own: {@code --spread} on the command line, {@code spread} in files. */
  static final Setting<Double> SPREAD =
      Setting.of("spread", Values.above(0), 0.5, "The standard deviation of the start.");

  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          "tied-prefix",
          List.of(LENGTH, SPREAD),
          values -> new TiedPrefix(values.get(LENGTH), values.get(SPREAD)));

  TiedPrefix {
    LENGTH.require(length);
    SPREAD.require(spread);
  }

  @Override
  public String name() {
    return DECLARATION.name();
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (long) length * spec.prefixWidth();
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-3, 1e-2, 1e-1);
  }

  @Override
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings()).with(LENGTH, length).with(SPREAD, spread);
  }

  @Override
  public PromptModule create(PromptContext context) {
    Tensor start = context.random().gaussian(spread, length, context.spec().prefixWidth());
    return new Module(context, Parameter.of("tied", start, context.engine()));
  }

  /** Its trainable module: the parameter is {@code [P, 2·K·d]}. */
  private record Module(PromptContext context, Parameter tied) implements PromptModule {

    @Override
    public List<Parameter> parameters() {
      return List.of(tied);
    }

    @Override
    public Injection inject(TokenBatch batch, Dropout dropout) {
      BackboneSpec spec = context.spec();
      Tensor split =
          tied.tensor()
              .view(tied.tensor().size(0), 2, spec.keyValueHeads(), spec.headSize())
              .permute(1, 2, 0, 3) // [2, K, P, d]
              .to(context.engine().precision().dtype().scalarType());
      LayerPrefix prefix =
          LayerPrefix.of(
              repeated(split.select(0, 0), batch.rows()),
              repeated(split.select(0, 1), batch.rows()));
      Map<Integer, LayerPrefix> everywhere =
          IntStream.range(0, spec.layers())
              .boxed()
              .collect(java.util.stream.Collectors.toMap(layer -> layer, layer -> prefix));
      return Injection.deep(everywhere, Optional.empty());
    }

    private static Tensor repeated(Tensor part, int rows) {
      return part.unsqueeze(0).expand(rows, part.size(0), part.size(1), part.size(2));
    }

    /** What a pack holds is an ordinary deep prompt, the same in every layer. */
    @Override
    public Optional<TrainedPrompt> flatten() {
      int layers = context.spec().layers();
      return Optional.of(
          Scope.run(
              () -> {
                List<Tensor> same = new ArrayList<>();
                IntStream.range(0, layers).forEach(layer -> same.add(tied.tensor().detach()));
                return DeepPrompt.of(
                    Tensors.cat(1, same.toArray(Tensor[]::new)),
                    IntStream.range(0, layers).boxed().toList(),
                    PositionConvention.UNSHIFTED,
                    context.spec(),
                    context.engine());
              }));
    }

    @Override
    public void close() {
      tied.release();
    }
  }
}
