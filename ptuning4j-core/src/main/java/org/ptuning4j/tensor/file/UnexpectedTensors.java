package org.ptuning4j.tensor.file;

import java.util.Collection;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/** Tensors in a file that are never read: a sign that the file belongs to something else. */
public final class UnexpectedTensors {

  private UnexpectedTensors() {}

  /**
   * Makes sure that there are none.
   *
   * @param where the file, for the message
   * @param found the names in it
   * @param expected the names that are read
   * @throws InvalidInputException naming those that are not read
   */
  public static void refuse(String where, Collection<String> found, Collection<String> expected) {
    List<String> unexpected = found.stream().filter(name -> !expected.contains(name)).toList();
    if (!unexpected.isEmpty()) {
      throw InvalidInputException.of(
          "%s has tensors that are not expected: %s", where, Quoted.names(unexpected));
    }
  }
}
