package org.ptuning4j;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * What jars on the class path bring: services as {@link ServiceLoader} finds them, with the class
 * loader of the current thread.
 */
public final class Extensions {

  private Extensions() {}

  /**
   * One of each service of a type.
   *
   * @param service the interface that a jar names in {@code META-INF/services}
   * @throws InvalidInputException if one cannot be made; the message names it
   */
  public static <T> List<T> of(Class<T> service) {
    List<T> found = new ArrayList<>();
    try {
      ServiceLoader.load(service).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      String cause = e.getCause() == null ? "" : " (" + e.getCause() + ")";
      throw new InvalidInputException("extension: " + e.getMessage() + cause, e);
    }
    return found;
  }
}
