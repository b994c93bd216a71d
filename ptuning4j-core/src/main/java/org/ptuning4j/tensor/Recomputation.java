package org.ptuning4j.tensor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Gradient checkpointing (Chen et al., arXiv 1604.06174): of each block of one forward pass only
 * the input is kept, and the rest that its backward pass needs is computed a second time, block by
 * block. The same operations run on the same numbers with the same dropout masks, and gradients are
 * added up in the same order, so that they are those of an ordinary pass to the bit.
 *
 * <p>For one thread and one pass, in a scope that lasts until the backward pass. Blocks may use
 * trained parameters as they are; every other tensor with a graph has to be among a block's inputs,
 * or {@link #shared} by all.
 */
public final class Recomputation implements AutoCloseable {

  private final List<Block> blocks = new ArrayList<>();
  private final IdentityHashMap<Tensor, Tensor> leaves =
      new IdentityHashMap<>(); // of what is outside
  private final List<Tensor> outside = new ArrayList<>(); // in the order of their first use
  private final Set<Tensor> outputs = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Tensor> shared = new ArrayList<>(); // of the leaves
  private final List<Tensor> owned = new ArrayList<>();

  /**
   * What is computed twice.
   *
   * @param inputs what it is computed of, cut off from the graph before it
   * @param body the computation
   * @param dropout where the masks of its first run came from, as it was then
   * @param output what it gave, cut off from its graph
   */
  private record Block(
      List<Tensor> inputs,
      BiFunction<List<Tensor>, Dropout, Tensor> body,
      Dropout dropout,
      Tensor output) {}

  /**
   * Runs a block without keeping its graph.
   *
   * @param inputs the tensors with a graph that it is computed of, and others
   * @param dropout where its masks come from
   * @param body the block, of inputs and masks; called now and in the backward pass
   * @return the block's result, whose gradient {@link #backward} passes on
   */
  public Tensor run(
      List<Tensor> inputs, Dropout dropout, BiFunction<List<Tensor>, Dropout, Tensor> body) {
    Dropout before = dropout.copy();
    List<Tensor> cut = inputs.stream().map(this::leaf).toList();
    List<Boolean> needed = new ArrayList<>();
    // With a graph, although it is thrown away: some kernels are other ones without.
    Tensor output =
        own(
            Scope.own(
                () -> {
                  Tensor result = body.apply(cut, dropout);
                  needed.add(result.requires_grad());
                  return result.detach();
                }));
    if (needed.get(0)) {
      output.set_requires_grad(true);
      outputs.add(output);
      blocks.add(new Block(cut, body, before, output));
    }
    return output;
  }

  /**
   * A tensor that any of the blocks may use besides their inputs.
   *
   * @return it, cut off from its graph: this is what blocks have to use
   */
  public Tensor shared(Tensor tensor) {
    Tensor cut = leaf(tensor);
    if (leaves.containsKey(tensor)) {
      shared.add(cut);
    }
    return cut;
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** The tensor cut off from its graph; itself where it has none, or comes from a block. */
  private Tensor leaf(Tensor tensor) {
    if (outputs.contains(tensor)) {
      return tensor;
    }
    if (!tensor.requires_grad()) {
      return kept(tensor);
    }
    return leaves.computeIfAbsent(
        tensor,
        key -> {
          outside.add(kept(key));
          return own(Scope.own(() -> key.detach().set_requires_grad(true)));
        });
  }

  /** The tensor, whose scope may end before the backward pass. */
  private Tensor kept(Tensor tensor) {
    tensor.retainReference();
    return own(tensor);
  }

  /**
   * Adds the gradients of a result to those of the trained parameters, as its own {@code backward}
   * would without blocks.
   *
   * @param result a number that was computed of the blocks' results
   * @param trained every parameter that has a part in it
   */
  public void backward(Tensor result, List<Parameter> trained) {
    List<Tensor> parameters = trained.stream().map(Parameter::tensor).toList();
    try (GradientSums sums = new GradientSums()) {
      sums.add(result, new TensorVector(), both(outputs, parameters));
      for (int i = blocks.size() - 1; i >= 0; i--) {
        again(blocks.get(i), sums, parameters);
      }
      // What came from outside of the blocks goes on to its own graph, parameters to themselves.
      List<Tensor> given = outside.stream().map(leaves::get).toList();
      sums.passOn(both(outside, parameters), both(given, parameters));
    }
  }

  /** Computes a block a second time, and goes back through it. */
  private void again(Block block, GradientSums sums, List<Tensor> parameters) {
    Optional<Tensor> gradient = sums.of(block.output());
    if (gradient.isEmpty()) {
      return; // nothing was made of it
    }
    Scope.run(
        () -> {
          Tensor output = block.body().apply(block.inputs(), block.dropout().copy());
          List<Tensor> inputs = block.inputs().stream().filter(Tensor::requires_grad).toList();
          sums.add(
              output, new TensorVector(gradient.get()), both(both(inputs, shared), parameters));
        });
    sums.forget(block.output());
  }

  private static List<Tensor> both(Collection<Tensor> one, Collection<Tensor> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  @Override
  public void close() {
    owned.forEach(Scope::release);
    owned.clear();
    blocks.clear();
  }
}
