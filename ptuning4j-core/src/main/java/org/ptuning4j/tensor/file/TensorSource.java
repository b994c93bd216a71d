package org.ptuning4j.tensor.file;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;

/**
 * Named tensors that can be read one by one: a safetensors file, a folder of shards, a PyTorch
 * checkpoint.
 */
public interface TensorSource extends AutoCloseable {

  /** The tensors' names, in the file's order. */
  Set<String> names();

  /**
   * What the source says of a tensor, without reading it.
   *
   * @throws org.ptuning4j.InvalidInputException if there is no tensor of that name
   */
  TensorInfo info(String name);

  /**
   * Reads a tensor into memory of its own, on the CPU, in the dtype of the file. The caller owns it
   * (it belongs to the innermost {@link Scope}, as every tensor does).
   *
   * @throws org.ptuning4j.InvalidInputException if there is no tensor of that name, or its bytes
   *     cannot be read
   */
  Tensor read(String name);

  /**
   * Reads some rows of a tensor, into memory of their own, in the dtype of the file: for large
   * tables, which need not be in memory as a whole.
   *
   * @param first the first row that is read
   * @param count how many rows
   * @return {@code [count, ...]}
   * @throws org.ptuning4j.InvalidInputException as {@link #read}
   */
  Tensor rows(String name, long first, long count);

  /**
   * Reads some rows of a tensor into memory that is there.
   *
   * @param first the first row that is read
   * @param target as many rows as are read, in one piece, on the CPU, in the dtype of the file; for
   *     a tensor without dimensions, one without dimensions
   * @throws org.ptuning4j.InvalidInputException as {@link #read}
   */
  default void fill(String name, long first, Tensor target) {
    Scope.run(
        () -> target.copy_(target.dim() == 0 ? read(name) : rows(name, first, target.size(0))));
  }

  /** The files that names and bytes come from: while none of them changes, nothing does. */
  List<Path> files();

  /** The file or folder, for messages. */
  String describe();

  @Override
  void close();
}
