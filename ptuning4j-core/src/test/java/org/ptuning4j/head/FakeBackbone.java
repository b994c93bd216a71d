package org.ptuning4j.head;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A pooler and a language model without a transformer: what heads read is given by the test. The
 * language model notes which words it was asked for.
 */
final class FakeBackbone implements Backbone, LanguageModel {

  static final int HIDDEN = 4;
  static final int VOCABULARY = 7;

  private final Engine engine = Engine.reference();
  private final Parameter words =
      Parameter.of(
          "lm.weight", RandomStream.of(1).gaussian(0.7, VOCABULARY, HIDDEN), Engine.reference());
  private final Parameter bias =
      Parameter.of("lm.bias", RandomStream.of(2).gaussian(0.5, VOCABULARY), Engine.reference());
  private final Parameter pooler =
      Parameter.of("pooler", RandomStream.of(3).gaussian(0.7, HIDDEN, HIDDEN), engine);
  private final boolean trained;
  private final List<int[]> asked = new ArrayList<>();

  FakeBackbone(boolean trained) {
    this.trained = trained;
  }

  static BackboneSpec spec(boolean pooler, boolean languageModel) {
    return new BackboneSpec(
        "fake", 1, HIDDEN, 1, 1, HIDDEN, HIDDEN, 32, VOCABULARY, 2, pooler, languageModel, 0, 0);
  }

  /** The words of each request to the language model. */
  List<int[]> asked() {
    return asked;
  }

  @Override
  public BackboneSpec spec() {
    return spec(true, true);
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public String weightsHash() {
    return "fake";
  }

  @Override
  public BackboneOutput forward(TokenBatch tokens, Injection injection, ForwardOptions options) {
    throw new UnsupportedOperationException("heads read given states here");
  }

  @Override
  public Tensor pool(Tensor first) {
    return torch.tanh(first.matmul(pooler.tensor().detach().t()));
  }

  @Override
  public LanguageModel languageModel() {
    return this;
  }

  @Override
  public Tensor wordVectors(int[] ids) {
    return rows(weight(), ids);
  }

  @Override
  public List<Parameter> parameters() {
    return trained ? List.of(words, bias) : List.of();
  }

  @Override
  public long parameterCount() {
    return words.count() + bias.count();
  }

  @Override
  public Map<String, Tensor> namedWeights() {
    return Map.of();
  }

  @Override
  public int vocabulary() {
    return VOCABULARY;
  }

  @Override
  public Tensor logits(Tensor states) {
    return torch.linear(states, weight(), biases());
  }

  @Override
  public Tensor logits(Tensor states, int[] ids) {
    asked.add(ids.clone());
    return torch.linear(states, rows(weight(), ids), rows(biases(), ids));
  }

  @Override
  public Tensor likelihoods(Tensor states, int[] ids) {
    long[] index = Arrays.stream(ids).asLongStream().toArray();
    Tensor right = Tensors.of(index, ids.length, 1);
    Tensor logits = logits(states);
    Tensor hits = torch.argmax(logits, new LongOptional(1), true).eq(right);
    return Tensors.cat(
        1, torch.log_softmax(logits, 1).gather(1, right), engine.place(hits, Dtype.F32));
  }

  @Override
  public Tensor divergences(Tensor states, Tensor others) {
    throw new UnsupportedOperationException("no head asks for them");
  }

  private Tensor weight() {
    return trained ? words.tensor() : words.tensor().detach();
  }

  private Tensor biases() {
    return trained ? bias.tensor() : bias.tensor().detach();
  }

  private Tensor rows(Tensor of, int[] ids) {
    long[] index = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      index[i] = ids[i];
    }
    return of.index_select(0, engine.place(Tensors.of(index, index.length), Dtype.I64));
  }

  @Override
  public void close() {
    words.release();
    bias.release();
    pooler.release();
  }
}
