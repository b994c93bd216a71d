package org.ptuning4j.backbone.layer;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.CacheRoom;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.PrefixMass;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.layer.norm.HeadNorms;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * Attention over [prefix ; text]. Queries come from the text only (P-Tuning v2, section 3.2).
 *
 * @param sizes A, K and d
 * @param queryKeyValue the three projections fused, {@code [(A+2K)·d, H]}
 * @param output {@code [H, A·d]}
 * @param scale what the products of queries and keys are multiplied by, usually 1/√d
 * @param reach how far it reaches within what the batch allows
 * @param norms of each head's queries and keys; empty for none
 * @param rotary how queries and keys are turned by their positions; empty for not at all
 * @param term what the text's scores have besides; empty for nothing
 * @param evenPadding whether padding attends to all columns alike, as DeBERTa's published code has
 *     it: the states of a text do not depend on it, but those of padding do, and with them losses
 *     of that code over whole rows
 */
public record Attention(
    HeadSizes sizes,
    Linear queryKeyValue,
    Linear output,
    double scale,
    Reach reach,
    Optional<HeadNorms> norms,
    Optional<Rotary> rotary,
    Optional<ScoreTerm> term,
    boolean evenPadding) {

  /** Attention whose scores are products of queries and keys alone. */
  public Attention(
      HeadSizes sizes,
      Linear queryKeyValue,
      Linear output,
      double scale,
      Reach reach,
      Optional<Rotary> rotary) {
    this(
        sizes,
        queryKeyValue,
        output,
        scale,
        reach,
        Optional.empty(),
        rotary,
        Optional.empty(),
        false);
  }

  /** Attention to everything that the batch allows, scaled by 1/√d and without rotation. */
  public static Attention plain(HeadSizes sizes, Linear queryKeyValue, Linear output) {
    return scaled(sizes, queryKeyValue, output, 1 / Math.sqrt(sizes.size()));
  }

  /** The same with a scale of the family's own. */
  public static Attention scaled(
      HeadSizes sizes, Linear queryKeyValue, Linear output, double scale) {
    return new Attention(sizes, queryKeyValue, output, scale, Reach.everything(), Optional.empty());
  }

  /** The same with a term. */
  public Attention with(ScoreTerm other) {
    return new Attention(
        sizes, queryKeyValue, output, scale, reach, norms, rotary, Optional.of(other), evenPadding);
  }

  /** The same where padding attends to all columns alike. */
  public Attention withEvenPadding() {
    return new Attention(sizes, queryKeyValue, output, scale, reach, norms, rotary, term, true);
  }

  /** The same with norms of each head's queries and keys. */
  public Attention with(HeadNorms others) {
    return new Attention(
        sizes, queryKeyValue, output, scale, reach, Optional.of(others), rotary, term, evenPadding);
  }

  /**
   * Attention of the columns that are read.
   *
   * @param x {@code [B, n, H]}
   * @param read the columns whose states are wanted
   * @return what attention gives, {@code [B, m, H]}; and where the pass keeps keys and values,
   *     those that it keeps, {@code [B, K, n, d]} or {@code [B, K, P+n, d]} each
   */
  List<Tensor> apply(Pass pass, Tensor x, ReadColumns read, Optional<LayerPrefix> prefix) {
    boolean apart = term.isPresent() && !term.get().reachesIntoPrefix();
    if (apart && pass.options().keysAndValues() == KeysAndValues.PAST) {
      throw new IllegalArgumentException(
          "scores of the text have terms of relative positions, those of a prefix have none: keys"
              + " and values of a text cannot be the prefix of what follows");
    }
    List<Tensor> attended = Scope.keepAll(() -> attend(pass, x, read, prefix));
    Tensor given = output.apply(pass.engine(), attended.get(0));
    return attended.size() == 1 ? List.of(given) : List.of(given, attended.get(1), attended.get(2));
  }

  /** The heads' contexts merged, {@code [B, m, A·d]}, and perhaps keys and values. */
  private List<Tensor> attend(Pass pass, Tensor x, ReadColumns read, Optional<LayerPrefix> all) {
    Optional<LayerPrefix> prefix =
        pass.options().keepsRoom()
            ? all
            : SeparateSoftmax.joint(all); // what has its own comes last
    List<Tensor> projected =
        Scope.keepAll(
            () -> turned(pass, normed(read.isAll() ? fused(pass, x) : apart(pass, x, read)), read));
    Optional<Tensor> added = added(pass, projected.get(0), projected.get(1), read, prefix);
    Tensor key = projected.get(1);
    Tensor value = projected.get(2);
    if (pass.options().keepsRoom()) {
      Tensor[] joined = CacheRoom.joined(prefix, key, value);
      key = joined[0];
      value = joined[1];
    } else if (prefix.isPresent()) {
      key = Tensors.cat(2, prefix.get().key(), key); // [B, K, P+n, d]
      value = Tensors.cat(2, prefix.get().value(), value);
    }
    Optional<Tensor> mask = added.map(this::forGroups);
    boolean step = pass.options().keepsRoom() && x.size(1) == 1; // of a text that is written
    Tensor query = grouped(projected.get(0));
    Tensor joint =
        pass.engine()
            .attention(
                query,
                step ? CacheRoom.whole(key) : key,
                step ? CacheRoom.whole(value) : value,
                step ? Optional.of(CacheRoom.hidden(mask, key)) : mask,
                scale,
                pass.options().dropout(),
                pass.attentionRate()); // [B, K, (A/K)·m, d]
    Tensor context = apart(SeparateSoftmax.added(pass, query, joint, all, scale)); // [B, A, m, d]
    if (pass.options().mass().isPresent()) {
      measure(pass, query, key, mask, all, joint);
    }
    Tensor merged =
        (evenPadding && read.isAll() ? withEvenPadding(pass, context, value) : context)
            .transpose(1, 2)
            .reshape(x.size(0), -1, sizes.queryWidth()); // [B, m, A·d]
    return switch (pass.options().keysAndValues()) {
      case NONE -> List.of(merged);
      case TEXT -> List.of(merged, projected.get(1), projected.get(2));
      case PAST -> List.of(merged, key, value);
    };
  }

  /**
   * Notes the prefix's part in what the heads give: with one softmax the part of the attention that
   * is on it, which is what attention over values gives that are 1 in the prefix and 0 in the text;
   * with two that of the lengths of what is added.
   *
   * @param joint what attention gives without what is added
   */
  private void measure(
      Pass pass,
      Tensor query,
      Tensor key,
      Optional<Tensor> mask,
      Optional<LayerPrefix> prefix,
      Tensor joint) {
    PrefixMass mass = pass.options().mass().orElseThrow();
    if (prefix.isEmpty()) {
      mass.next();
      return;
    }
    LayerPrefix all = prefix.get();
    Supplier<Tensor> part =
        () ->
            all.separate()
                .map(own -> partOf(SeparateSoftmax.of(pass, query, own, scale), joint))
                .orElseGet(() -> on(pass, query, key, mask, all.length()));
    mass.next(
        Scope.run(
            () -> {
              Tensor means = apart(part.get().to(torch.ScalarType.Float)).mean(0, 2, 3); // [A]
              float[] values = Tensors.floats(means);
              return IntStream.range(0, values.length).mapToDouble(head -> values[head]).toArray();
            }));
  }

  private Tensor on(Pass pass, Tensor query, Tensor key, Optional<Tensor> mask, long length) {
    Tensor inside = torch.zeros_like(key); // [B, K, P+n, d]
    inside.narrow(2, 0, length).fill_(new Scalar(1));
    return pass.engine().attention(query, key, inside, mask, scale, Dropout.off(), 0);
  }

  /** {@code |one| / (|one| + |other|)} of each vector, in each of its places. */
  private static Tensor partOf(Tensor one, Tensor other) {
    Tensor length = lengths(one);
    return length.div(length.add(lengths(other)).clamp_min(new Scalar(1e-12))).expand(one.sizes());
  }

  private static Tensor lengths(Tensor vectors) {
    return vectors.norm(new ScalarOptional(new Scalar(2)), new long[] {3}, true);
  }

  /** {@code [B, A, n, d]}: the mean of all values in the rows of padding. */
  private Tensor withEvenPadding(Pass pass, Tensor context, Tensor value) {
    return pass.scores()
        .content() // [B, n, 1]
        .map(mask -> mask.gt(new Scalar(0)).unsqueeze(1))
        .map(
            mask ->
                torch.where(
                    mask, context, value.mean(new long[] {2}, true, new ScalarTypeOptional())))
        .orElse(context);
  }

  /** What is added to the scores, masks and term: {@code [B, 1 or A, 1 or m, P+n]}. */
  private Optional<Tensor> added(
      Pass pass, Tensor query, Tensor key, ReadColumns read, Optional<LayerPrefix> prefix) {
    Optional<Tensor> mask = pass.scores().of(reach, read, prefix);
    if (term.isEmpty()) {
      return mask;
    }
    return Optional.of(
        Scope.keep(
            () -> {
              Tensor text = term.get().apply(pass, query, key, read); // [B, A, m, n]
              Tensor all = prefix.map(each -> withPrefix(pass, text, read, each)).orElse(text);
              return mask.map(all::add).orElse(all);
            }));
  }

  /** {@code [B, A, m, n] → [B, A, m, P+n]}. */
  private Tensor withPrefix(Pass pass, Tensor text, ReadColumns read, LayerPrefix prefix) {
    return term.orElseThrow()
        .ofPrefix(pass, read, prefix)
        .map(before -> joined(before, text))
        .orElseGet(() -> torch.constant_pad_nd(text, prefix.length(), 0));
  }

  private static Tensor joined(Tensor before, Tensor text) {
    long rows = Math.max(before.size(0), text.size(0));
    return Tensors.cat(3, before.expand(rows, -1, -1, -1), text.expand(rows, -1, -1, -1));
  }

  /** Query, key and value from one product: {@code [B, A or K, n, d]}. */
  private List<Tensor> fused(Pass pass, Tensor x) {
    Tensor all = queryKeyValue.apply(pass.engine(), x); // [B, n, (A+2K)·d]
    long queries = sizes.queryWidth();
    long keys = sizes.keyWidth();
    return List.of(
        heads(all.narrow(2, 0, queries), sizes.heads()),
        heads(all.narrow(2, queries, keys), sizes.keyValueHeads()),
        heads(all.narrow(2, queries + keys, keys), sizes.keyValueHeads()));
  }

  /** The same where fewer columns are read, {@code [B, m, H]}, than attended to. */
  private List<Tensor> apart(Pass pass, Tensor x, ReadColumns read) {
    long queries = sizes.queryWidth();
    long keys = sizes.keyWidth();
    Tensor asked = Columns.of(pass.engine(), x, read);
    Tensor query = queryKeyValue.apply(pass.engine(), asked, 0, queries);
    Tensor keyValue = queryKeyValue.apply(pass.engine(), x, queries, 2 * keys);
    return List.of(
        heads(query, sizes.heads()),
        heads(keyValue.narrow(2, 0, keys), sizes.keyValueHeads()),
        heads(keyValue.narrow(2, keys, keys), sizes.keyValueHeads()));
  }

  /** {@code [B, n, heads·d] → [B, heads, n, d]}, a view. */
  private Tensor heads(Tensor projected, int heads) {
    return projected.unflatten(2, heads, sizes.size()).transpose(1, 2);
  }

  private List<Tensor> normed(List<Tensor> projected) {
    return norms
        .map(
            each ->
                List.of(
                    each.query().apply(projected.get(0)),
                    each.key().apply(projected.get(1)),
                    projected.get(2)))
        .orElse(projected);
  }

  /** Queries and keys at their positions; those of a prefix have none. */
  private List<Tensor> turned(Pass pass, List<Tensor> projected, ReadColumns read) {
    return rotary
        .map(
            turn ->
                List.of(
                    turn.apply(pass, projected.get(0), read),
                    turn.apply(pass, projected.get(1), ReadColumns.all(read.columns())),
                    projected.get(2)))
        .orElse(projected);
  }

  /**
   * {@code [B, A, m, d] → [B, K, (A/K)·m, d]}: the queries of heads that share keys and values, one
   * head's after the other's, so that neither keys nor values are copied for each.
   */
  private Tensor grouped(Tensor query) {
    return sharing() == 1
        ? query
        : query.reshape(query.size(0), sizes.keyValueHeads(), -1, sizes.size());
  }

  /** The inverse, {@code [B, K, (A/K)·m, d] → [B, A, m, d]}. */
  private Tensor apart(Tensor grouped) {
    return sharing() == 1
        ? grouped
        : grouped.reshape(grouped.size(0), sizes.heads(), -1, sizes.size());
  }

  /** What is added to the scores of one head, {@code [.., m, N]}, for the queries of a group. */
  private Tensor forGroups(Tensor added) {
    return sharing() == 1 || added.size(2) == 1 ? added : added.repeat(1, 1, sharing(), 1);
  }

  /** How many heads share keys and values, A/K. */
  private int sharing() {
    return sizes.heads() / sizes.keyValueHeads();
  }
}
