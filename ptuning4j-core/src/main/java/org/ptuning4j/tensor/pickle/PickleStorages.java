package org.ptuning4j.tensor.pickle;

import org.bytedeco.pytorch.Tensor;

/** Where a PyTorch checkpoint keeps its tensors' elements. */
interface PickleStorages extends AutoCloseable {

  /**
   * Checks that a storage is there and as long as it must be.
   *
   * @throws org.ptuning4j.InvalidInputException if it is not
   */
  void check(Pickled.Storage storage);

  /**
   * Fills a contiguous CPU tensor with a storage's elements.
   *
   * @param storage the storage, of the tensor's element type
   * @param offset the storage's first element to read
   * @param target what is filled, whole
   */
  void read(Pickled.Storage storage, long offset, Tensor target);

  @Override
  void close();
}
