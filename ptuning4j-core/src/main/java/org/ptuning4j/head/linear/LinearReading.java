package org.ptuning4j.head.linear;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;

/** Which states a {@link LinearHead} reads, and how its layers make scores of them. */
interface LinearReading {

  /** Which positions of the last layer are read. */
  Positions positions();

  /** Scores {@code [N, k]}, fp32, for the N states of all items that are read. */
  Tensor scores(HeadInput input, HeadWeights weights);

  /** How many states are read of each item. */
  int[] counts(List<Item> items);
}
