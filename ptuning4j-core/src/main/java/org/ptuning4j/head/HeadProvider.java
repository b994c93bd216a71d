package org.ptuning4j.head;

import java.util.Map;
import java.util.function.Function;

/**
 * Kinds of heads that a jar on the class path brings: a class that implements this, has a
 * constructor without parameters, and is named in {@code
 * META-INF/services/org.ptuning4j.head.HeadProvider}.
 */
public interface HeadProvider {

  /**
   * By the kind's name, what makes the head's description of its settings, as {@link Heads#with}
   * takes them.
   */
  Map<String, Function<Map<String, Object>, HeadSpec>> kinds();
}
