package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Tensors;

/**
 * Keys and values that one layer attends to before those of the text. They are raw: W_k and W_v are
 * not applied to them (P-Tuning v2, arXiv 2110.07602, section 3.2).
 *
 * @param key {@code [B, K, P, d]} in the backbone's type
 * @param value {@code [B, K, P, d]} in the backbone's type
 * @param mask {@code [B, P]}, added to the attention scores: 0, or a bias that is trained, where a
 *     row has the virtual token, −∞ where its prompt is shorter than P; empty where nothing is
 *     added
 * @param room what is free behind a cache's keys and values; empty where they are no cache
 * @param separate what is attended to besides with a softmax of its own, of which the outcome is
 *     added to that of [prefix ; text]; its mask has a number for a token of each row
 */
public record LayerPrefix(
    Tensor key,
    Tensor value,
    Optional<Tensor> mask,
    Optional<CacheRoom> room,
    Optional<LayerPrefix> separate) {

  /** Keys and values that nothing is written behind. */
  public LayerPrefix(Tensor key, Tensor value, Optional<Tensor> mask) {
    this(key, value, mask, Optional.empty(), Optional.empty());
  }

  /** These keys and values to be attended to with a softmax of their own, and no others. */
  public LayerPrefix asSeparate() {
    return new LayerPrefix(
        key.detach().narrow(2, 0, 0),
        value.detach().narrow(2, 0, 0),
        Optional.empty(),
        Optional.empty(),
        Optional.of(this));
  }

  /**
   * The keys and values of a pass as the prefix of the next one: a key/value cache is a prefix.
   *
   * @param before the prefix that the pass had
   * @param text what was masked of its text, {@code [B, n]}; empty for nothing
   * @param key {@code [B, K, P+n, d]}
   * @param value {@code [B, K, P+n, d]}
   * @param roomy whether they are {@link CacheRoom#joined}
   */
  public static LayerPrefix past(
      Optional<LayerPrefix> before,
      Optional<Tensor> text,
      Tensor key,
      Tensor value,
      boolean roomy) {
    Optional<CacheRoom> room =
        roomy ? Optional.of(CacheRoom.behind(before, key)) : Optional.empty();
    Optional<LayerPrefix> separate = before.flatMap(LayerPrefix::separate);
    if (text.isEmpty() && before.flatMap(LayerPrefix::mask).isEmpty()) {
      return new LayerPrefix(key, value, Optional.empty(), room, separate);
    }
    long length = before.map(LayerPrefix::length).orElse(0L);
    Tensor all = torch.zeros_like(key.detach().select(1, 0).select(2, 0)); // [B, P+n]
    before.flatMap(LayerPrefix::mask).ifPresent(mask -> all.narrow(1, 0, length).copy_(mask));
    text.ifPresent(mask -> all.narrow(1, length, mask.size(1)).copy_(mask));
    return new LayerPrefix(key, value, Optional.of(all), room, separate);
  }

  /** A prefix that every row has in full. */
  public static LayerPrefix of(Tensor key, Tensor value) {
    return new LayerPrefix(key, value, Optional.empty());
  }

  /**
   * No columns yet, with room for some.
   *
   * @param rows B
   * @param columns how many columns are to be free at least
   */
  public static LayerPrefix roomFor(Backbone backbone, int rows, long columns) {
    BackboneSpec spec = backbone.spec();
    Tensor none =
        backbone
            .engine()
            .place(
                torch.empty(rows, spec.keyValueHeads(), 0, spec.headSize()),
                backbone.engine().precision().dtype());
    return LayerPrefix.of(none, none).copy(Optional.empty(), columns);
  }

  /** This and another, side by side: {@code [B, K, P + P', d]}. */
  public LayerPrefix beside(LayerPrefix other) {
    Optional<Tensor> both =
        mask.isEmpty() && other.mask.isEmpty()
            ? Optional.empty()
            : Optional.of(Tensors.cat(1, maskOrZeros(), other.maskOrZeros()));
    return new LayerPrefix(
        Tensors.cat(2, key, other.key),
        Tensors.cat(2, value, other.value),
        both,
        Optional.empty(),
        separate.isPresent() && other.separate.isPresent()
            ? Optional.of(separate.get().beside(other.separate.get()))
            : separate.or(() -> other.separate));
  }

  /**
   * Some of its rows.
   *
   * @param index the rows, {@code [R]}, int64; a row may be named several times
   * @return {@code [R, K, P, d]}
   */
  public LayerPrefix rows(Tensor index) {
    return new LayerPrefix(
        key.index_select(0, index),
        value.index_select(0, index),
        mask.map(each -> each.index_select(0, index)),
        Optional.empty(),
        separate.map(each -> each.rows(index)));
  }

  /** Its only row in each of so many, without a copy of it: {@code [R, K, P, d]}. */
  public LayerPrefix times(long rows) {
    return new LayerPrefix(
        key.expand(rows, key.size(1), key.size(2), key.size(3)),
        value.expand(rows, value.size(1), value.size(2), value.size(3)),
        mask.map(each -> each.expand(rows, each.size(1))),
        Optional.empty(),
        separate.map(each -> each.times(rows)));
  }

  /** Whether so many columns can be written behind it without it being copied. */
  public boolean hasRoom(long columns) {
    return room.map(free -> free.has(length(), columns)).orElse(false);
  }

  /**
   * A copy of some rows in memory of its own, with room behind it.
   *
   * @param rows the rows, {@code [R]}, int64, of which one may be named several times; empty for
   *     all of them as they are
   * @param columns how many columns are to be free at least
   * @return {@code [R, K, P, d]}
   */
  public LayerPrefix copy(Optional<Tensor> rows, long columns) {
    return CacheRoom.copy(this, rows, columns);
  }

  /** The tensors that it is of. */
  public List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>(List.of(key, value));
    mask.ifPresent(tensors::add);
    separate.ifPresent(each -> tensors.addAll(each.tensors()));
    return tensors;
  }

  /** {@link #mask}; zeros where there is none. */
  public Tensor maskOrZeros() {
    return mask.orElseGet(() -> torch.zeros_like(key.detach().select(1, 0).select(2, 0)));
  }

  /** P. */
  public long length() {
    return key.size(2);
  }
}
