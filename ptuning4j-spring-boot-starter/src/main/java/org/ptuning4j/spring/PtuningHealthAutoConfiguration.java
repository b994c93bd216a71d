package org.ptuning4j.spring;

import org.ptuning4j.predict.Predictor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Whether packs can be asked is part of the application's health. */
@AutoConfiguration(after = PtuningAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Predictor.class)
@ConditionalOnEnabledHealthIndicator("ptuning4j")
public final class PtuningHealthAutoConfiguration {

  /** The health of the packs, called {@code ptuning4j}. */
  @Bean
  @ConditionalOnMissingBean(name = "ptuning4jHealthIndicator")
  PacksHealthIndicator ptuning4jHealthIndicator(Predictor predictor) {
    return new PacksHealthIndicator(predictor);
  }
}
