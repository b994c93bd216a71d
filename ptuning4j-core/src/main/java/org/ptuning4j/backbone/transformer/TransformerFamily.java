package org.ptuning4j.backbone.transformer;

import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamily;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModelLayout;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightLayout;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.weight.DeclaredWeights;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A family whose models are put together of the parts of a transformer. It says how its
 * configuration reads, how its tensors are called, and which parts it has; loading, checking and
 * saving follow from that.
 *
 * @param <C> its configuration
 */
public abstract class TransformerFamily<C> implements BackboneFamily {

  /**
   * Reads {@code config.json}.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing or unusable, or asks for what
   *     this family does not compute; the message names it
   */
  protected abstract C config(ModelFolder folder);

  /** What prompt methods may know, pooler and language-model head apart. */
  protected abstract BackboneSpec spec(C config, boolean hasPooler, boolean hasLanguageModel);

  /** How its checkpoints name things. */
  protected abstract CheckpointNames names(C config);

  /** How tokens get their positions. */
  protected abstract Positions positions(C config);

  /** Puts a model together; called twice, once to learn what weights it asks for. */
  protected abstract TransformerParts assemble(C config, Weights weights);

  /** Its language-model head. */
  protected abstract LanguageModelSpec languageModel(C config);

  @Override
  public final Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
    C config = config(folder);
    try (CheckpointWeights source = CheckpointWeights.open(folder, layout(config))) {
      source.verify();
      LoadedWeights weights = new LoadedWeights(source, engine, trainable);
      LoadedWeights ofHead = weights.beside();
      try {
        return backbone(config, source, engine, weights, ofHead);
      } catch (RuntimeException | Error e) {
        weights.close();
        ofHead.close();
        throw e;
      }
    }
  }

  private Backbone backbone(
      C config,
      CheckpointWeights source,
      Engine engine,
      LoadedWeights weights,
      LoadedWeights ofHead) {
    TransformerParts parts = assemble(config, weights);
    Optional<VocabularyModel> head =
        source.hasLanguageModel()
            ? Optional.of(
                languageModel(config).load(source, engine, ofHead, parts.embeddings().words()))
            : Optional.empty();
    BackboneSpec spec = spec(config, parts.pooler().isPresent(), head.isPresent());
    Positions positions = positions(config);
    return parts.decoder().isPresent()
        ? new EncoderDecoder(spec, engine, source.hash(), positions, parts, weights, head)
        : new Transformer(spec, engine, source.hash(), positions, parts, weights, head);
  }

  @Override
  public final BackboneSpec spec(ModelFolder folder) {
    return spec(config(folder), false, false);
  }

  @Override
  public final WeightReport inspect(ModelFolder folder) {
    try (CheckpointWeights source = CheckpointWeights.open(folder, layout(folder))) {
      return source.report();
    }
  }

  @Override
  public final boolean hasLanguageModel(ModelFolder folder) {
    try (CheckpointWeights source = CheckpointWeights.open(folder, layout(folder))) {
      return source.hasLanguageModel();
    }
  }

  /** The tensors that a folder's configuration asks for. */
  public final WeightLayout layout(ModelFolder folder) {
    return layout(config(folder));
  }

  private WeightLayout layout(C config) {
    DeclaredWeights declared = new DeclaredWeights();
    assemble(config, declared);
    CheckpointNames names = names(config);
    LanguageModelLayout head = languageModel(config).layout();
    return new WeightLayout(
        names.prefix(),
        declared.shapes(),
        declared.optional(),
        names.beginnings(),
        Set.copyOf(names.buffers()),
        names.beside(),
        names.copies(),
        head);
  }
}
