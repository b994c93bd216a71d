package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;

/**
 * A trained {@link LinearHeadSpec}: W · dropout(read) + b at each row's anchor, in fp32. Its scores
 * are {@code [R, k]} for the R rows of all items.
 */
final class LinearHead implements Head {

  private final LinearHeadSpec spec;
  private final Backbone backbone;
  private final Weights weights;

  LinearHead(LinearHeadSpec spec, Backbone backbone, Weights weights) {
    this.spec = spec;
    this.backbone = backbone;
    this.weights = weights;
  }

  @Override
  public List<Parameter> parameters() {
    return weights.list();
  }

  @Override
  public Positions reads() {
    return Positions.ANCHOR;
  }

  @Override
  public Tensor scores(HeadInput input) {
    Tensor read = input.anchors(); // [R, H]
    return switch (spec.input()) {
      case POOLER -> linear(LinearHeadSpec.NAME, input.backbone().pool(read), input.dropout());
      case FIRST_TOKEN -> linear(LinearHeadSpec.NAME, fp32(read), input.dropout());
      case DENSE -> {
        Tensor dense = torch.tanh(linear(LinearHeadSpec.DENSE, fp32(read), input.dropout()));
        yield linear(LinearHeadSpec.OUT, dense, input.dropout());
      }
    };
  }

  private Tensor linear(String layer, Tensor x, Dropout dropout) {
    return weights.linear(layer, dropout.apply(x, spec.dropout()));
  }

  private Tensor fp32(Tensor x) {
    return backbone.engine().place(x, Dtype.F32);
  }

  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return spec.loss().of(scores, items, backbone.engine());
  }

  @Override
  public int terms(Item item) {
    return spec.loss().terms(item, spec.outputs());
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = ScoresByItem.rows(items);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] *= spec.outputs();
    }
    return ScoresByItem.cut(scores, sizes);
  }

  @Override
  public double blindLoss(List<Item> training) {
    return spec.loss().blind(training, spec.outputs());
  }

  @Override
  public void close() {
    weights.close();
  }
}
