package org.ptuning4j.backbone.weight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How a weight is laid out in checkpoints. Every layout has an inverse, so that trained weights are
 * saved as they were found.
 */
public sealed interface SavedLayout {

  /** The shapes of the checkpoint's tensors, by name. */
  Map<String, List<Long>> shapes();

  /** The shape of the weight. */
  List<Long> shape();

  /**
   * Where the checkpoint's tensors lie in the weight: views of it, by name. Their values are in the
   * order of the checkpoint's; what is its first dimension may be cut into several.
   */
  Map<String, Tensor> views(Tensor weight);

  /** The checkpoint's tensors of the weight, in their own shapes: views where that is possible. */
  default Map<String, Tensor> split(Tensor weight) {
    Map<String, Tensor> parts = new LinkedHashMap<>();
    views(weight)
        .forEach(
            (name, view) ->
                parts.put(
                    name, view.reshape(shapes().get(name).stream().mapToLong(d -> d).toArray())));
    return parts;
  }

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
    public Map<String, Tensor> views(Tensor weight) {
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
    public List<Long> shape() {
      return List.of(out, in);
    }

    @Override
    public Map<String, Tensor> views(Tensor weight) {
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
    public List<Long> shape() {
      return List.of(parts * heads * size, in);
    }

    /** {@code [A, parts, d, in]}. */
    @Override
    public Map<String, Tensor> views(Tensor weight) {
      return Map.of(name, weight.view(parts, heads, size, in).transpose(0, 1));
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
        shapes.put(names.get(part), shape(rows.get(part)));
      }
      return shapes;
    }

    @Override
    public List<Long> shape() {
      return shape(rows.stream().mapToLong(each -> each).sum());
    }

    private List<Long> shape(long first) {
      List<Long> shape = new ArrayList<>();
      shape.add(first);
      shape.addAll(rest);
      return List.copyOf(shape);
    }

    @Override
    public Map<String, Tensor> views(Tensor weight) {
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
