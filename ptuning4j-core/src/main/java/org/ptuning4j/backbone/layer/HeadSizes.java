package org.ptuning4j.backbone.layer;

/**
 * The heads of attention.
 *
 * @param heads A
 * @param keyValueHeads K, which divides A; fewer than A where several heads share keys and values
 * @param size d, the width of one head
 */
public record HeadSizes(int heads, int keyValueHeads, int size) {

  /** Checks that K divides A. */
  public HeadSizes {
    if (keyValueHeads < 1 || heads % keyValueHeads != 0 || size < 1) {
      throw new IllegalArgumentException(
          heads + " heads with " + keyValueHeads + " of keys and values, of size " + size);
    }
  }

  /** Heads that each have keys and values of their own. */
  public static HeadSizes of(int heads, int hidden) {
    return new HeadSizes(heads, heads, hidden / heads);
  }

  /** A·d, the width of all queries. */
  public long queryWidth() {
    return (long) heads * size;
  }

  /** K·d, the width of all keys. */
  public long keyWidth() {
    return (long) keyValueHeads * size;
  }
}
