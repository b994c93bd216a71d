package org.ptuning4j.backbone.encoder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.layer.BackboneWeight;
import org.ptuning4j.backbone.layer.LayerNorm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * An encoder's weights, read from a checkpoint, with query, key and value of each layer fused into
 * one matrix.
 */
final class EncoderWeights implements AutoCloseable {

  /**
   * tanh(W h + b), in fp32: it has so few rows that nothing is saved by less.
   *
   * @param weight {@code [H, H]}
   * @param bias {@code [H]}
   */
  record Pooler(Tensor weight, Tensor bias) {

    /** {@code [B, H] → [B, H]}. */
    Tensor apply(Engine engine, Tensor first) {
      return torch.tanh(engine.linear(first, weight, bias));
    }
  }

  private static final List<String> FUSED = List.of("query", "key", "value");

  private final String hash;
  private final boolean trainable;
  private final List<BackboneWeight> all = new ArrayList<>();
  private final BackboneWeight words;
  private final BackboneWeight positions;
  private final BackboneWeight types;
  private final LayerNorm embeddingNorm;
  private final List<EncoderLayer> layers = new ArrayList<>();
  private final List<Tensor> poolerTensors = new ArrayList<>();
  private final Optional<Pooler> pooler;
  private final Optional<MaskedLanguageModel> languageModel;

  private EncoderWeights(
      CheckpointWeights source, EncoderConfig config, Engine engine, boolean trainable) {
    this.hash = source.hash();
    this.trainable = trainable;
    Reader reader = new Reader(source, engine);
    words = reader.weight("embeddings.word_embeddings.weight");
    positions = reader.weight("embeddings.position_embeddings.weight");
    types = reader.weight("embeddings.token_type_embeddings.weight");
    embeddingNorm = reader.norm("embeddings.LayerNorm", config);
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(reader.layer("encoder.layer." + layer + ".", config));
    }
    pooler = source.has("pooler.dense.weight") ? Optional.of(reader.pooler()) : Optional.empty();
    languageModel =
        source.hasLanguageModel()
            ? Optional.of(MaskedLanguageModel.read(source, config, engine, words, trainable))
            : Optional.empty();
  }

  /** Reads a checkpoint after {@link CheckpointWeights#verify}. */
  static EncoderWeights read(
      CheckpointWeights source, EncoderConfig config, Engine engine, boolean trainable) {
    return new EncoderWeights(source, config, engine, trainable);
  }

  String hash() {
    return hash;
  }

  BackboneWeight words() {
    return words;
  }

  BackboneWeight positions() {
    return positions;
  }

  BackboneWeight types() {
    return types;
  }

  LayerNorm embeddingNorm() {
    return embeddingNorm;
  }

  List<EncoderLayer> layers() {
    return layers;
  }

  Optional<Pooler> pooler() {
    return pooler;
  }

  Optional<MaskedLanguageModel> languageModel() {
    return languageModel;
  }

  /**
   * All weights of the backbone if they are trained; biases and LayerNorms are not decayed, as
   * BERT's own fine-tuning has it.
   */
  List<Parameter> parameters() {
    if (!trainable) {
      return List.of();
    }
    List<Parameter> parameters = new ArrayList<>();
    for (BackboneWeight weight : all) {
      boolean decayed = !weight.name().endsWith(".bias") && !weight.name().contains("LayerNorm");
      parameters.add(new Parameter("backbone." + weight.name(), weight.stored(), decayed));
    }
    for (int i = 0; i < poolerTensors.size(); i++) {
      parameters.add(
          new Parameter(
              "backbone.pooler.dense." + (i == 0 ? "weight" : "bias"),
              poolerTensors.get(i),
              i == 0));
    }
    return parameters;
  }

  long count() {
    long count = 0;
    for (BackboneWeight weight : all) {
      count += weight.stored().numel();
    }
    for (Tensor tensor : poolerTensors) {
      count += tensor.numel();
    }
    return count;
  }

  /**
   * The weights under the checkpoint's names, the fused matrices taken apart; the language-model
   * head's too, so that a fine-tuned model's file has it still.
   */
  Map<String, Tensor> named(EncoderConfig config) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (BackboneWeight weight : all) {
      Tensor values = weight.stored().detach();
      if (weight.name().contains(".queryKeyValue.")) {
        for (int part = 0; part < FUSED.size(); part++) {
          named.put(
              weight.name().replace("queryKeyValue", FUSED.get(part)),
              values.narrow(0, (long) part * config.hidden(), config.hidden()));
        }
      } else {
        named.put(weight.name(), values);
      }
    }
    for (int i = 0; i < poolerTensors.size(); i++) {
      named.put("pooler.dense." + (i == 0 ? "weight" : "bias"), poolerTensors.get(i).detach());
    }
    languageModel.ifPresent(head -> named.putAll(head.named()));
    return named;
  }

  @Override
  public void close() {
    BackboneWeight.closeAll(all);
    poolerTensors.forEach(Scope::release);
    languageModel.ifPresent(MaskedLanguageModel::close);
  }

  /** Reads tensors and remembers them for {@link #close}. */
  private final class Reader {

    private final CheckpointWeights source;
    private final Engine engine;

    Reader(CheckpointWeights source, Engine engine) {
      this.source = source;
      this.engine = engine;
    }

    BackboneWeight weight(String name) {
      return Scope.run(
          () -> remember(BackboneWeight.of(name, source.read(name), engine, trainable)));
    }

    Linear linear(String name) {
      return new Linear(weight(name + ".weight"), weight(name + ".bias"));
    }

    LayerNorm norm(String name, EncoderConfig config) {
      return new LayerNorm(
          weight(name + ".weight"), weight(name + ".bias"), config.layerNormEpsilon());
    }

    EncoderLayer layer(String at, EncoderConfig config) {
      return new EncoderLayer(
          config.heads(),
          new Linear(fused(at, "weight"), fused(at, "bias")),
          linear(at + "attention.output.dense"),
          norm(at + "attention.output.LayerNorm", config),
          linear(at + "intermediate.dense"),
          linear(at + "output.dense"),
          norm(at + "output.LayerNorm", config),
          config.activation());
    }

    private BackboneWeight fused(String at, String kind) {
      return Scope.run(
          () -> {
            Tensor[] parts =
                FUSED.stream()
                    .map(part -> source.read(at + "attention.self." + part + "." + kind))
                    .toArray(Tensor[]::new);
            String name = at + "attention.self.queryKeyValue." + kind;
            return remember(BackboneWeight.of(name, Tensors.cat(0, parts), engine, trainable));
          });
    }

    Pooler pooler() {
      return new Pooler(poolerTensor("weight"), poolerTensor("bias"));
    }

    private Tensor poolerTensor(String kind) {
      Tensor tensor =
          Scope.own(
              () -> {
                Tensor placed =
                    engine.place(source.read("pooler.dense." + kind), Dtype.F32).clone();
                return placed.set_requires_grad(trainable);
              });
      poolerTensors.add(tensor);
      return tensor;
    }

    private BackboneWeight remember(BackboneWeight weight) {
      all.add(weight);
      return weight;
    }
  }
}
