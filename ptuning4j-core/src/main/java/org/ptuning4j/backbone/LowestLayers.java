package org.ptuning4j.backbone;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.ForwardOptions.Layers;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The lowest layers of another backbone, as if there were no others: heads read what the last of
 * these gives, as the next layer would read it. What is above is not computed. In many models the
 * layers below the last say more of single tokens than the last, which was trained to say something
 * of the whole text.
 *
 * <p>A view: closing it closes nothing.
 */
public final class LowestLayers implements Backbone {

  private static final SettingName READ_LAYER = new SettingName("read-layer");

  private final Backbone whole;
  private final BackboneSpec spec;

  private LowestLayers(Backbone whole, BackboneSpec spec) {
    this.whole = whole;
    this.spec = spec;
  }

  /**
   * The lowest layers of a frozen backbone; the backbone itself where these are all.
   *
   * @param count how many, at least 1
   * @throws InvalidInputException if there are fewer, or the backbone has two halves
   */
  public static Backbone of(Backbone whole, int count) {
    BackboneSpec spec = whole.spec();
    if (count < 1 || count > spec.layers()) {
      throw InvalidInputException.of(
          "%s: %d; the model's layers are 1 to %d", READ_LAYER, count, spec.layers());
    }
    if (spec.readingLayers() < spec.layers()) {
      throw InvalidInputException.of(
          "%s: %s has an encoder and a decoder, which are read as a whole",
          READ_LAYER, spec.modelType());
    }
    return count == spec.layers() ? whole : new LowestLayers(whole, spec.lowest(count));
  }

  @Override
  public BackboneSpec spec() {
    return spec;
  }

  @Override
  public OptionalInt readLayer() {
    return OptionalInt.of(spec.layers());
  }

  @Override
  public Engine engine() {
    return whole.engine();
  }

  @Override
  public String weightsHash() {
    return whole.weightsHash();
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    if (options.allHiddenStates() || options.keysAndValues() != KeysAndValues.NONE) {
      return lowest(whole.forward(tokens, injection, options.withAllHiddenStates()), options);
    }
    return whole.forward(tokens, injection, options.of(layers(options.layers())));
  }

  private Layers layers(Layers asked) {
    if (asked instanceof Layers.Above above) {
      return new Layers.Between(above.count(), above.states(), spec.layers());
    }
    return asked instanceof Layers.All ? new Layers.Lowest(spec.layers()) : asked;
  }

  private BackboneOutput lowest(BackboneOutput all, ForwardOptions options) {
    List<Tensor> states = all.hiddenStates().subList(0, spec.layers() + 1);
    Map<Integer, LayerPrefix> kept = new HashMap<>(all.past());
    kept.keySet().removeIf(layer -> layer >= spec.layers());
    return new BackboneOutput(
        states.get(spec.layers()), options.allHiddenStates() ? states : List.of(), kept);
  }

  @Override
  public OptionalInt steadyLength() {
    return whole.steadyLength();
  }

  /** There is none: the checkpoint's reads the last layer. */
  @Override
  public Tensor pool(Tensor read) {
    throw new IllegalStateException("a pooler reads the last layer");
  }

  /** There is none: the checkpoint's reads the last layer. */
  @Override
  public LanguageModel languageModel() {
    throw new IllegalStateException("a language model reads the last layer");
  }

  @Override
  public Tensor wordVectors(int[] ids) {
    return whole.wordVectors(ids);
  }

  @Override
  public List<Parameter> parameters() {
    return whole.parameters();
  }

  @Override
  public long parameterCount() {
    return whole.parameterCount();
  }

  @Override
  public Map<String, Tensor> namedWeights() {
    return whole.namedWeights();
  }

  @Override
  public void close() {
    // the whole is its owner's
  }
}
