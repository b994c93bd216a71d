package org.ptuning4j.prompt;

import java.util.List;

/**
 * Methods that a jar on the class path brings: a class that implements this, has a constructor
 * without parameters, and is named in {@code
 * META-INF/services/org.ptuning4j.prompt.PromptMethodProvider}.
 */
public interface PromptMethodProvider {

  /** The methods. */
  List<MethodDeclaration> methods();
}
