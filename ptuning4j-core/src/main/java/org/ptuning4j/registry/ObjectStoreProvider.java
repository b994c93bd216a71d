package org.ptuning4j.registry;

/**
 * Opens stores by their addresses, such as {@code s3://bucket/prefix}. A jar on the class path
 * brings one by naming it in {@code META-INF/services}.
 */
public interface ObjectStoreProvider {

  /** What its addresses begin with, such as {@code s3}. */
  String scheme();

  /**
   * Opens a store, which is closed with what was opened for it.
   *
   * @param bucket the first part of the address
   * @param prefix what follows it, without slashes at its ends; may be empty
   * @throws org.ptuning4j.InvalidInputException if the address or the environment cannot be used
   */
  ObjectStore open(String bucket, String prefix);
}
