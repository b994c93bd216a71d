package org.ptuning4j.backbone.weight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Tensors;

/**
 * How a weight is laid out in checkpoints. Every layout has an inverse, so that trained weights are
 * saved as they were found.
 */
public sealed interface SavedLayout {

  /** The shapes of the checkpoint's tensors, by name. */
  Map<String, List<Long>> shapes();

  /** The weight of the checkpoint's tensors. */
  Tensor join(Function<String, Tensor> saved);

  /** The checkpoint's tensors of the weight: views of it where the layout allows. */
  Map<String, Tensor> split(Tensor weight);

  /**
   * One tensor, as it is.
   *
   * @param name its name
   * @param shape its shape
   */
  record Plain(String name, List<Long> shape) implements SavedLayout {

    @Override
    public Map<String, List<Long>> shapes() {
      return Map.of(name, shape);
    }

    @Override
    public Tensor join(Function<String, Tensor> saved) {
      return saved.apply(name);
    }

    @Override
    public Map<String, Tensor> split(Tensor weight) {
      return Map.of(name, weight);
    }
  }

  /**
   * A matrix that is saved transposed, {@code [in, out]}, as GPT-2's are.
   *
   * @param name its name
   * @param out the width of its result
   * @param in the width of its input
   */
  record Transposed(String name, long out, long in) implements SavedLayout {

    @Override
    public Map<String, List<Long>> shapes() {
      return Map.of(name, List.of(in, out));
    }

    @Override
    public Tensor join(Function<String, Tensor> saved) {
      return saved.apply(name).t();
    }

    @Override
    public Map<String, Tensor> split(Tensor weight) {
      return Map.of(name, weight.t());
    }
  }

  /**
   * Several matrices in one, head by head: the first head's part of each, then the second's, as
   * DeBERTa's queries, keys and values are. The weight has them one below the other.
   *
   * @param name its name
   * @param heads A
   * @param parts how many matrices they are
   * @param size d, the rows that each has of a head
   * @param in the width of their input
   */
  record ByHeads(String name, long heads, long parts, long size, long in) implements SavedLayout {

    @Override
    public Map<String, List<Long>> shapes() {
      return Map.of(name, List.of(heads * parts * size, in));
    }

    @Override
    public Tensor join(Function<String, Tensor> saved) {
      return swapped(saved.apply(name), heads, parts);
    }

    @Override
    public Map<String, Tensor> split(Tensor weight) {
      return Map.of(name, swapped(weight, parts, heads));
    }

    /** {@code [outer·inner·d, in] → [inner·outer·d, in]}. */
    private Tensor swapped(Tensor matrix, long outer, long inner) {
      return matrix.reshape(outer, inner, size, in).transpose(0, 1).reshape(-1, in);
    }
  }

  /**
   * Several tensors, one below the other, such as query, key and value.
   *
   * @param names their names
   * @param rows the first dimension of each
   * @param rest the other dimensions, which all have in common; none for vectors
   */
  record Stacked(List<String> names, List<Long> rows, List<Long> rest) implements SavedLayout {

    /** Copies the lists. */
    public Stacked {
      names = List.copyOf(names);
      rows = List.copyOf(rows);
      rest = List.copyOf(rest);
      if (names.size() != rows.size()) {
        throw new IllegalArgumentException(names + " have rows " + rows);
      }
    }

    @Override
    public Map<String, List<Long>> shapes() {
      Map<String, List<Long>> shapes = new LinkedHashMap<>();
      for (int part = 0; part < names.size(); part++) {
        List<Long> shape = new java.util.ArrayList<>();
        shape.add(rows.get(part));
        shape.addAll(rest);
        shapes.put(names.get(part), List.copyOf(shape));
      }
      return shapes;
    }

    @Override
    public Tensor join(Function<String, Tensor> saved) {
      return Tensors.cat(0, names.stream().map(saved).toArray(Tensor[]::new));
    }

    @Override
    public Map<String, Tensor> split(Tensor weight) {
      Map<String, Tensor> parts = new LinkedHashMap<>();
      long first = 0;
      for (int part = 0; part < names.size(); part++) {
        parts.put(names.get(part), weight.narrow(0, first, rows.get(part)));
        first += rows.get(part);
      }
      return parts;
    }
  }
}
