package org.ptuning4j.backbone.encoder;

/**
 * Which layers share their weights (ALBERT, arXiv 1909.11942): a group is a few layers in a row,
 * and is passed several times before the next one.
 *
 * @param passes how often a group is passed, all groups together
 * @param groups how many groups there are
 * @param inner the layers of one group
 */
public record LayerSharing(int passes, int groups, int inner) {

  /** Checks that every group is passed. */
  public LayerSharing {
    if (groups < 1 || groups > passes || inner < 1) {
      throw new IllegalArgumentException(
          "%d groups of %d layers in %d passes".formatted(groups, inner, passes));
    }
  }

  /** Layers that each have weights of their own. */
  public static LayerSharing none(int layers) {
    return new LayerSharing(layers, layers, 1);
  }

  /** L, all layers that a text goes through. */
  public int layers() {
    return Math.multiplyExact(passes, inner);
  }

  /** The group of a layer. The division is the released code's, rounding and all. */
  public int group(int layer) {
    int pass = layer / inner;
    return (int) (pass / ((double) passes / groups));
  }

  /** Which of its group's layers a layer is. */
  public int within(int layer) {
    return layer % inner;
  }
}
