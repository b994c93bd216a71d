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
   * By the kind's name, what reads the settings of such a head again. It is given what {@link
   * HeadSpec#settings} said, as JSON has it: texts, numbers, truth values, lists and maps. {@link
   * HeadSettings} reads such values and names what is wrong.
   */
  Map<String, Function<Map<String, Object>, HeadSpec>> kinds();
}
