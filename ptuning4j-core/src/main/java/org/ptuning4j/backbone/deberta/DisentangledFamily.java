package org.ptuning4j.backbone.deberta;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.Convolution;
import org.ptuning4j.backbone.layer.DisentangledTerm;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.EmbeddingStep;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.PlainFeedForward;
import org.ptuning4j.backbone.layer.Pooler;
import org.ptuning4j.backbone.layer.RelativeTable;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageSpec;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;

/**
 * The versions of DeBERTa: post-norm layers whose attention compares contents with distances too.
 * They differ in how queries, keys and distances are projected.
 */
abstract class DisentangledFamily extends TransformerFamily<DebertaConfig> {

  private static final Set<DropoutPlace> DROPPED =
      Collections.unmodifiableSet(
          EnumSet.of(
              DropoutPlace.EMBEDDINGS,
              DropoutPlace.RELATIVE_POSITIONS,
              DropoutPlace.ATTENTION_PROBABILITIES,
              DropoutPlace.ATTENTION_OUTPUT,
              DropoutPlace.FEED_FORWARD_OUTPUT,
              DropoutPlace.CONVOLUTION));

  private static final String POOLER = "pooler.dense";
  private static final String POSITIONS = "embeddings.position_embeddings.weight";

  /** The three projections of one layer, fused. */
  abstract Linear queryKeyValue(String at, DebertaConfig config, Weights weights);

  /** What makes keys of distances in one layer. */
  abstract DisentangledTerm.Projection positionKey(
      String at, DebertaConfig config, Weights weights);

  /** What makes queries of distances in one layer. */
  abstract DisentangledTerm.Projection positionQuery(
      String at, DebertaConfig config, Weights weights);

  @Override
  protected final BackboneSpec spec(
      DebertaConfig config, boolean hasPooler, boolean hasLanguageModel) {
    return new BackboneSpec(
        config.modelType(),
        config.layers(),
        config.hidden(),
        config.sizes().heads(),
        config.sizes().keyValueHeads(),
        config.sizes().size(),
        config.embeddingWidth(),
        config.positions().usable(),
        config.vocabulary(),
        config.typeVocabulary(),
        hasPooler,
        hasLanguageModel,
        config.hiddenDropout(),
        config.attentionDropout());
  }

  /** Checkpoints often contain a table of absolute positions although the model has none. */
  @Override
  protected final CheckpointNames names(DebertaConfig config) {
    List<String> buffers =
        config.absolute()
            ? List.of("embeddings.position_ids")
            : List.of("embeddings.position_ids", POSITIONS);
    return new CheckpointNames(
        "deberta.", List.of("embeddings.", "encoder."), buffers, List.of(POOLER + "."));
  }

  @Override
  protected final Positions positions(DebertaConfig config) {
    return config.positions();
  }

  @Override
  protected final MaskedLanguageSpec languageModel(DebertaConfig config) {
    return new MaskedLanguageSpec(
        config.languageModel(),
        config.hidden(),
        config.embeddingWidth(),
        config.vocabulary(),
        config.activation(),
        config.epsilon(),
        config.tied() || LanguageModelSpelling.isAlwaysTied(config.languageModel()));
  }

  @Override
  protected final TransformerParts assemble(DebertaConfig config, Weights weights) {
    Embeddings embeddings = embeddings(config, weights);
    Optional<RelativeTable> table = table(config, weights);
    Optional<Convolution> convolution = convolution(config, weights);
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "encoder.layer." + layer + ".";
      Optional<Convolution> beside = layer == 0 ? convolution : Optional.empty();
      layers.add(layer(at, config, table, beside, weights));
    }
    return new TransformerParts(
        embeddings, layers, Optional.empty(), pooler(config, weights), DROPPED);
  }

  /** Classifiers have one, and it lies beside the backbone; pretrained checkpoints have none. */
  private static Optional<Pooler> pooler(DebertaConfig config, Weights weights) {
    if (!weights.hasOptional(POOLER + ".", POOLER + ".weight")) {
      return Optional.empty();
    }
    Linear dense = Linear.inFp32(weights, POOLER, config.hidden(), config.hidden(), true);
    return Optional.of(new Pooler(dense, config.poolerActivation()));
  }

  private static Embeddings embeddings(DebertaConfig config, Weights weights) {
    String at = "embeddings.";
    int width = config.embeddingWidth();
    BackboneWeight words = weights.table(at + "word_embeddings.weight", config.vocabulary(), width);
    Optional<BackboneWeight> positions =
        config.absolute()
            ? Optional.of(weights.table(POSITIONS, config.positions().table(), width))
            : Optional.empty();
    Optional<BackboneWeight> types =
        config.typeVocabulary() == 0
            ? Optional.empty()
            : Optional.of(
                weights.table(at + "token_type_embeddings.weight", config.typeVocabulary(), width));
    Optional<Linear> projection =
        width == config.hidden()
            ? Optional.empty()
            : Optional.of(Linear.of(weights, at + "embed_proj", config.hidden(), width, false));
    List<EmbeddingStep> steps =
        Stream.concat(
                projection.map(EmbeddingStep::projection).stream(),
                Stream.of(
                    EmbeddingStep.norm(norm(at + "LayerNorm", config, weights)),
                    EmbeddingStep.withoutPadding(),
                    EmbeddingStep.dropout()))
            .toList();
    return new Embeddings(words, positions, types, steps);
  }

  private static Optional<RelativeTable> table(DebertaConfig config, Weights weights) {
    RelativePositions relative = config.relative();
    Optional<Norm> norm =
        relative.normed()
            ? Optional.of(norm("encoder.LayerNorm", config, weights))
            : Optional.empty();
    return relative
        .table()
        .map(
            buckets ->
                new RelativeTable(
                    weights.table(
                        "encoder.rel_embeddings.weight", 2L * relative.span(), config.hidden()),
                    norm,
                    buckets));
  }

  private static Optional<Convolution> convolution(DebertaConfig config, Weights weights) {
    int hidden = config.hidden();
    return config
        .convolution()
        .map(
            shape ->
                new Convolution(
                    weights.plain(
                        "encoder.conv.conv.weight",
                        WeightRole.MATRIX,
                        hidden,
                        hidden / shape.groups(),
                        shape.kernel()),
                    weights.plain("encoder.conv.conv.bias", WeightRole.BIAS, hidden),
                    shape.groups(),
                    shape.activation(),
                    norm("encoder.conv.LayerNorm", config, weights)));
  }

  private TransformerLayer layer(
      String at,
      DebertaConfig config,
      Optional<RelativeTable> table,
      Optional<Convolution> convolution,
      Weights weights) {
    int hidden = config.hidden();
    PlainFeedForward feedForward =
        new PlainFeedForward(
            Linear.of(weights, at + "intermediate.dense", config.intermediate(), hidden, true),
            config.activation(),
            Linear.of(weights, at + "output.dense", hidden, config.intermediate(), true));
    TransformerLayer layer =
        new TransformerLayer(
            Placement.POST_NORM,
            attention(at + "attention.", config, table, weights),
            Optional.of(norm(at + "attention.output.LayerNorm", config, weights)),
            feedForward,
            norm(at + "output.LayerNorm", config, weights));
    return convolution.map(layer::with).orElse(layer);
  }

  private Attention attention(
      String at, DebertaConfig config, Optional<RelativeTable> table, Weights weights) {
    RelativePositions relative = config.relative();
    double scale = relative.scale(config.sizes().size());
    Linear queryKeyValue = queryKeyValue(at + "self.", config, weights);
    Linear output = Linear.of(weights, at + "output.dense", config.hidden(), config.hidden(), true);
    Attention attention =
        Attention.scaled(config.sizes(), queryKeyValue, output, scale).withEvenPadding();
    if (!relative.hasTerm()) {
      return attention;
    }
    Optional<DisentangledTerm.Projection> key =
        relative.contentToPosition()
            ? Optional.of(positionKey(at + "self.", config, weights))
            : Optional.empty();
    Optional<DisentangledTerm.Projection> query =
        relative.positionToContent()
            ? Optional.of(positionQuery(at + "self.", config, weights))
            : Optional.empty();
    return attention.with(
        new DisentangledTerm(config.sizes().heads(), table.orElseThrow(), key, query, scale));
  }

  private static LayerNorm norm(String name, DebertaConfig config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden(), config.epsilon(), true);
  }
}
