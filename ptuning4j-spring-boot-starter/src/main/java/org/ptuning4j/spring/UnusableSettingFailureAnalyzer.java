package org.ptuning4j.spring;

import org.ptuning4j.InvalidInputException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in a sentence why an application with packs does not start, in place of a stack trace. */
final class UnusableSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidInputException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidInputException cause) {
    boolean property = cause.getMessage().startsWith("ptuning4j.");
    return new FailureAnalysis(
        cause.getMessage(),
        property
            ? "Set the property "
                + cause.getMessage().substring(0, cause.getMessage().indexOf(": "))
                + ", or ptuning4j.enabled=false where no pack is wanted."
            : "Change what the properties ptuning4j.* name.",
        cause);
  }
}
