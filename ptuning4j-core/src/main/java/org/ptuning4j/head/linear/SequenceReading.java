package org.ptuning4j.head.linear;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Pooling;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;

/**
 * Each row as a whole, through the layers that a {@link LinearHeadSpec} names.
 *
 * @param input what is read of it
 * @param pooled what the checkpoint's pooler reads, where it is asked for
 * @param dropout the rate before each layer in training
 */
record SequenceReading(SequenceInput input, Pooling pooled, double dropout)
    implements LinearReading {

  @Override
  public Positions positions() {
    return switch (input) {
      case MEAN -> Positions.ALL;
      case POOLER -> pooled == Pooling.MEAN ? Positions.ALL : Positions.ANCHOR;
      case FIRST_TOKEN, LAST_TOKEN, DENSE, DENSE_GELU, DENSE_RELU -> Positions.ANCHOR;
    };
  }

  @Override
  public Tensor scores(HeadInput from, HeadWeights weights) {
    Tensor read = read(from); // [R, H]
    if (!input.isDense()) {
      return linear(LinearHeadSpec.NAME, read, from.dropout(), weights);
    }
    Tensor dense = activated(linear(LinearHeadSpec.DENSE, read, from.dropout(), weights));
    return linear(LinearHeadSpec.OUT, dense, from.dropout(), weights);
  }

  private Tensor activated(Tensor x) {
    return switch (input) {
      case DENSE -> torch.tanh(x);
      case DENSE_GELU -> torch.gelu(x);
      case DENSE_RELU -> torch.relu(x);
      case POOLER, FIRST_TOKEN, LAST_TOKEN, MEAN -> x;
    };
  }

  /** What is read of each row, {@code [R, H]}, fp32. */
  private Tensor read(HeadInput from) {
    return switch (input) {
      case POOLER -> from.backbone().pool(pooled == Pooling.MEAN ? from.means() : from.anchors());
      case MEAN -> from.means();
      case FIRST_TOKEN, LAST_TOKEN, DENSE, DENSE_GELU, DENSE_RELU ->
          from.backbone().engine().place(from.anchors(), Dtype.F32);
    };
  }

  private Tensor linear(String layer, Tensor x, Dropout masks, HeadWeights weights) {
    return weights.linear(layer, masks.apply(x, dropout));
  }

  @Override
  public int[] counts(List<Item> items) {
    return ScoresByItem.rows(items);
  }
}
