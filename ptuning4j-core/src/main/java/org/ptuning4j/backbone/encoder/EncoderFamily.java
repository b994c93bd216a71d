package org.ptuning4j.backbone.encoder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.encoder.EncoderNames.LayerNames;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.Attention;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.Placement;
import org.ptuning4j.backbone.layer.PlainFeedForward;
import org.ptuning4j.backbone.layer.Pooler;
import org.ptuning4j.backbone.layer.ScoreTerm;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.transformer.CheckpointNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageSpec;
import org.ptuning4j.backbone.transformer.Positions;
import org.ptuning4j.backbone.transformer.TransformerFamily;
import org.ptuning4j.backbone.transformer.TransformerParts;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.Weights;

/**
 * The families of BERT's shape: embeddings of words, positions and types, L post-norm layers, and
 * perhaps a pooler and a masked-language-model head. Each says only how its configuration reads,
 * and how its tensors are called.
 */
public abstract class EncoderFamily extends TransformerFamily<EncoderConfig> {

  private final EncoderNames names;

  /** A family whose tensors have these names. */
  protected EncoderFamily(EncoderNames names) {
    this.names = names;
  }

  /** Where states are dropped: as BERT has it, unless a family says otherwise. */
  protected Set<DropoutPlace> dropped() {
    return Collections.unmodifiableSet(
        EnumSet.of(
            DropoutPlace.EMBEDDINGS,
            DropoutPlace.ATTENTION_PROBABILITIES,
            DropoutPlace.ATTENTION_OUTPUT,
            DropoutPlace.FEED_FORWARD_OUTPUT));
  }

  /** The activation of the language-model head: the layers' own, unless a family fixes another. */
  protected Activation languageModelActivation(EncoderConfig config) {
    return config.activation();
  }

  /** What all layers add to their scores: nothing, unless a family says otherwise. */
  protected Optional<ScoreTerm> term(EncoderConfig config, Weights weights) {
    return Optional.empty();
  }

  @Override
  protected final BackboneSpec spec(
      EncoderConfig config, boolean hasPooler, boolean hasLanguageModel) {
    return config.spec(hasPooler, hasLanguageModel);
  }

  @Override
  protected final CheckpointNames names(EncoderConfig config) {
    return names.checkpoint();
  }

  @Override
  protected final Positions positions(EncoderConfig config) {
    return config.positions();
  }

  @Override
  protected final MaskedLanguageSpec languageModel(EncoderConfig config) {
    return new MaskedLanguageSpec(
        names.languageModel(),
        config.hidden(),
        config.embeddingWidth(),
        config.vocabulary(),
        languageModelActivation(config),
        config.epsilon(),
        config.tied());
  }

  @Override
  protected final TransformerParts assemble(EncoderConfig config, Weights weights) {
    Embeddings embeddings = embeddings(config, weights);
    Optional<ScoreTerm> term = term(config, weights);
    List<TransformerLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.sharing().layers(); layer++) {
      LayerSharing sharing = config.sharing();
      String at =
          String.format(
              Locale.ROOT, names.layer().at(), sharing.group(layer), sharing.within(layer));
      layers.add(layer(at, config, term, weights));
    }
    return new TransformerParts(
        embeddings, layers, Optional.empty(), pooler(config, weights), dropped());
  }

  private Embeddings embeddings(EncoderConfig config, Weights weights) {
    String at = names.embeddings();
    int width = config.embeddingWidth();
    BackboneWeight words = weights.table(at + "word_embeddings.weight", config.vocabulary(), width);
    BackboneWeight positions =
        weights.table(at + "position_embeddings.weight", config.positions().table(), width);
    Optional<BackboneWeight> types =
        config.typeVocabulary() == 0
            ? Optional.empty()
            : Optional.of(
                weights.table(at + "token_type_embeddings.weight", config.typeVocabulary(), width));
    LayerNorm norm = LayerNorm.of(weights, at + "LayerNorm", width, config.epsilon(), true);
    return new Embeddings(
        words,
        Optional.of(positions),
        types,
        Optional.of(norm),
        projects(config)
            ? Optional.of(Linear.of(weights, names.projection(), config.hidden(), width, true))
            : Optional.empty());
  }

  /** Whether there is a projection: where the embeddings have a width of their own. */
  protected boolean projects(EncoderConfig config) {
    return config.embeddingWidth() != config.hidden();
  }

  private TransformerLayer layer(
      String at, EncoderConfig config, Optional<ScoreTerm> term, Weights weights) {
    LayerNames layer = names.layer();
    int hidden = config.hidden();
    HeadSizes sizes = config.sizes();
    Linear queryKeyValue =
        Linear.stacked(
            weights,
            at + layer.fused(),
            layer.projections(at),
            List.of(sizes.queryWidth(), sizes.keyWidth(), sizes.keyWidth()),
            hidden,
            true);
    Linear attentionOutput = Linear.of(weights, at + layer.attentionOutput(), hidden, hidden, true);
    Attention attention = Attention.plain(sizes, queryKeyValue, attentionOutput);
    LayerNorm attentionNorm = norm(at + layer.attentionNorm(), config, weights);
    PlainFeedForward feedForward =
        new PlainFeedForward(
            Linear.of(weights, at + layer.intermediate(), config.intermediate(), hidden, true),
            config.activation(),
            Linear.of(weights, at + layer.output(), hidden, config.intermediate(), true));
    return new TransformerLayer(
        Placement.POST_NORM,
        term.map(attention::with).orElse(attention),
        Optional.of(attentionNorm),
        feedForward,
        norm(at + layer.outputNorm(), config, weights));
  }

  private static LayerNorm norm(String name, EncoderConfig config, Weights weights) {
    return LayerNorm.of(weights, name, config.hidden(), config.epsilon(), true);
  }

  private Optional<Pooler> pooler(EncoderConfig config, Weights weights) {
    return names
        .pooler()
        .filter(name -> weights.hasOptional(name + ".", name + ".weight"))
        .map(name -> Linear.inFp32(weights, name, config.hidden(), config.hidden(), true))
        .map(dense -> new Pooler(dense, Activation.TANH));
  }
}
