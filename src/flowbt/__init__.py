"""flowbt: does an options-flow verdict predict what the price does next, and would it have paid after costs?"""
