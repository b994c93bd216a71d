package org.ptuning4j.spring;

import io.micrometer.core.instrument.MeterRegistry;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.meter.ServingMeters;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Requests, batches and packs are measured, where an application has a registry of meters. */
@AutoConfiguration(
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure"
            + ".CompositeMeterRegistryAutoConfiguration",
    before = PtuningAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnProperty(name = "ptuning4j.enabled", havingValue = "true", matchIfMissing = true)
@ConditionalOnBean(MeterRegistry.class)
public final class PtuningMetricsAutoConfiguration {

  /** The meters, which the batcher tells of requests. */
  @Bean
  @ConditionalOnMissingBean
  ServingMeters ptuningMeters(MeterRegistry registry) {
    return new ServingMeters(registry);
  }

  /** What is waiting and what is in memory is read when all is there. */
  @Bean
  SmartInitializingSingleton ptuningMetersOfPacks(
      ServingMeters meters,
      ObjectProvider<Batcher> batchers,
      ObjectProvider<Predictor> predictors) {
    return () -> {
      Batcher batcher = batchers.getIfUnique();
      Predictor predictor = predictors.getIfUnique();
      if (batcher != null && predictor != null) {
        meters.watch(batcher::waiting, predictor::residency);
      }
    };
  }
}
